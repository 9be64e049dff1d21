"""Who looks at the pages: a random secret in a cookie of the browser, of which runs keep a hash as their owner."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from functools import cache as once
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from reco_core.owners import FAR

COOKIE = "reco_visitor"
SECRET = re.compile(r"[0-9a-f]{32}")
KEY = "visitor"
_FORWARDED = ("X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via")
_MEMORY = "visitor_secret"
# The cookie of this browser wins over the secret of this tab: two tabs opened at once become one visitor.
_SCRIPT = """
export default function ({ data, setTriggerValue }) {
  const found = document.cookie.match(/(?:^|; )COOKIE=([0-9a-f]{32})(?:;|$)/);
  const safe = location.protocol === "https:" ? "; secure" : "";
  if (!found) document.cookie = `COOKIE=${data.secret}; path=/; max-age=31536000; samesite=lax${safe}`;
  else if (found[1] !== data.secret) setTriggerValue("found", found[1]);
}
""".replace("COOKIE", COOKIE)


def visitor() -> str:
    """The id of whoever looks, the same in every tab of a browser and after a reload: a hash of its secret.

    With owners.FAR before it for whoever sits at another computer, which is told by the connection and not by them.
    """
    known = hashlib.sha256(f"visitor {_secret()}".encode()).hexdigest()[:32]
    return known if _is_here() else FAR + known


def _is_here() -> bool:
    """Whether the browser runs on this computer: it comes over loopback, by a name of that, and by no proxy."""
    headers = st.context.headers
    if any(name in headers for name in _FORWARDED):
        return False
    try:
        host = urlsplit(f"//{headers.get('Host', '')}").hostname
    except ValueError:  # brackets that are not closed
        return False
    return _is_loopback(st.context.ip_address) and _is_loopback(host)


def _is_loopback(address: object) -> bool:
    """Streamlit gives no address for loopback; a page that is tested has none at all."""
    if not isinstance(address, str) or address == "localhost":
        return True
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def remember_visitor() -> None:
    """Put the secret into a cookie where the browser did not send one; nothing is seen of that."""
    if st.context.cookies.get(COOKIE) == _secret():
        return
    with st.container(key="hidden_visitor"):
        _component()(data={"secret": _secret()}, key=KEY, on_found_change=_adopt)


def _secret() -> str:
    """The secret of this tab's session: the one of the cookie it came with, else a new one."""
    if _MEMORY not in st.session_state:
        sent = str(st.context.cookies.get(COOKIE, ""))
        st.session_state[_MEMORY] = sent if SECRET.fullmatch(sent) else secrets.token_hex(16)
    return st.session_state[_MEMORY]


def _adopt() -> None:
    """Take over the secret that the browser already had."""
    found = (st.session_state.get(KEY) or {}).get("found")
    if isinstance(found, str) and SECRET.fullmatch(found):
        st.session_state[_MEMORY] = found


@once
def _component() -> Callable[..., Any]:
    return st.components.v2.component("reco_visitor", html="<span></span>", js=_SCRIPT)
