"""Which columns of a user table say who somebody is."""

from __future__ import annotations

import pytest

from reco_core.data.personal import identifies, unidentifying
from tests.featured import featured

IDENTIFYING = "zip,zip_code,ZIP,postcode,postalCode,E-Mail,email,phone,lastName,full name,IPAddress"
OTHERS = "age,gender,occupation,membership,zipper,ratings,shipping,named"


@pytest.mark.parametrize("column", IDENTIFYING.split(","))
def test_columns_that_identify_are_known_by_a_word_of_their_name(column):
    assert identifies(column)


@pytest.mark.parametrize("column", OTHERS.split(","))
def test_other_columns_do_not_identify(column):
    assert not identifies(column)


def test_a_table_without_what_identifies_keeps_the_rest():
    assert list(unidentifying(featured().user_table).columns) == ["age", "gender"]
