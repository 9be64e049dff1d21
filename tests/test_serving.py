"""Where the app listens, and what the user's flags, variables and config.toml say about it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from reco_core.cli import launch
from reco_core.errors import SettingsError
from reco_core.serving import ports
from reco_core.serving.access import Access, access_for, host_name
from reco_core.serving.listening import Listening, base_path_of, is_loopback, listening
from reco_core.serving.token import Doorkeeper
from reco_core.serving.users_config import UsersConfig, variable_of


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a folder to work in, without any Streamlit settings."""
    for name in ("home", "here"):
        (tmp_path / name / ".streamlit").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def write(folder: Path, text: str) -> None:
    (folder / ".streamlit" / "config.toml").write_text(text)


def test_variables_have_the_names_that_streamlit_gives_them():
    assert variable_of("server.baseUrlPath") == "STREAMLIT_SERVER_BASE_URL_PATH"
    assert variable_of("server.port") == "STREAMLIT_SERVER_PORT"
    from streamlit import config

    for name in ("server.baseUrlPath", "server.allowedHosts", "browser.serverAddress", "server.sslCertFile"):
        assert variable_of(name) == config._config_options_template[name].env_var


def test_flags_win_over_variables_over_this_folders_file_over_that_of_the_home(home, monkeypatch):
    config = UsersConfig(home)
    assert listening(None, 8501, None, config) == Listening("127.0.0.1", 8501)
    write(home / "home", '[server]\naddress = "::1"\nport = 9001\nbaseUrlPath = "/one/"\nallowedHosts = ["a.b"]\n')
    config = UsersConfig(home)
    assert listening(None, 8501, None, config) == Listening("::1", 8501, "one")
    assert (config.port("server.port"), config.texts("server.allowedHosts")) == (9001, ("a.b",))
    write(home / "here", '[server]\nbaseUrlPath = "two"\n')
    assert listening(None, 8501, None, UsersConfig(home)).base_path == "two"
    monkeypatch.setenv("STREAMLIT_SERVER_BASE_URL_PATH", "three/four")
    monkeypatch.setenv("STREAMLIT_SERVER_ALLOWED_HOSTS", "c.d e.f")
    config = UsersConfig(home)
    assert listening(None, 8501, None, config) == Listening("::1", 8501, "three/four")
    assert config.texts("server.allowedHosts") == ("c.d", "e.f")
    assert listening("localhost", 8501, "", config) == Listening("localhost", 8501, "")


def test_the_apps_own_file_is_not_the_users(home):
    write(home / "here", '[server]\naddress = "0.0.0.0"\n')
    assert listening(None, 8501, None, UsersConfig(home / "here")).host == "127.0.0.1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[server]\nport = 70000\n", "server.port in .*config.toml must be a port between 1 and 65535; got 70000"),
        ("[server]\nport = true\n", "must be a port"),
        ("[server]\naddress = 3\n", "server.address in .* must be text; got 3"),
        ('[server]\nbaseUrlPath = "../up"\n', "server.baseUrlPath in .* must be a path such as lab/reco"),
        ("[server]\nallowedHosts = [1]\n", r"must be a list of texts; got \[1\]"),
        ("[server", "must be a TOML file that can be read"),
    ],
)
def test_a_setting_that_cannot_be_used_is_said_with_its_place(home, text: str, said: str):
    write(home / "here", text)
    with pytest.raises(SettingsError, match=said):
        config = UsersConfig(home)
        listening(None, config.port("server.port") or 8501, None, config)
        config.texts("server.allowedHosts")


@pytest.mark.parametrize("text", ["a//b", "a b", "../x", "a/./b", "a?b", "a%2fb", "x" * 201, "http://a/b", "a\\b"])
def test_a_base_path_has_plain_parts_only(text: str):
    with pytest.raises(SettingsError, match="--base-path must be a path such as lab/reco"):
        base_path_of(text)


@pytest.mark.parametrize(
    ("where", "address"),
    [
        (Listening("0.0.0.0", 1), "http://127.0.0.1:1/"),
        (Listening("::1", 1), "http://[::1]:1/"),
        (Listening("a.b", 1, "lab/reco"), "http://a.b:1/lab/reco/"),
        (Listening("127.0.0.1", 8501, "lab", "https", "lab.example.org", 443), "https://lab.example.org/lab/"),
        (Listening("127.0.0.1", 8501, "", "http", "lab.example.org"), "http://lab.example.org:8501/"),
    ],
)
def test_the_printed_address_is_one_that_a_browser_can_open(where: Listening, address: str):
    assert where.address() == address
    assert where.address("token=x") == f"{address}?token=x"


def test_the_address_of_a_proxy_is_the_one_printed_and_answered(home, monkeypatch):
    monkeypatch.setenv("STREAMLIT_BROWSER_SERVER_ADDRESS", "Lab.example.org")
    monkeypatch.setenv("STREAMLIT_BROWSER_SERVER_PORT", "443")
    where = listening(None, 8501, "reco", UsersConfig(home))
    assert where.address() == "https://Lab.example.org/reco/"
    assert access_for(where, ()).refusal(["lab.example.org"], ["https://lab.example.org"]) is None


def test_loopback_is_recognised():
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.0.7", "lab.example.org", "127.0.0.1.evil.test")))


def test_an_app_open_to_other_computers_answers_to_addresses_but_not_to_any_name():
    access = access_for(Listening("0.0.0.0", 8501), ())
    assert access.refusal(["192.168.0.7:8501"], ["http://192.168.0.7:8501"]) is None
    assert access.refusal(["[fe80::1]:8501"], []) is None
    assert "does not answer to the name evil.test" in access.refusal(["evil.test:8501"], [])


def test_names_may_have_a_wildcard_and_origins_may_be_given_whole():
    access = Access(named=frozenset({"*.lab.org"}), origins=frozenset({"http://localhost:3000"}))
    assert access.refusal(["a.lab.org"], ["https://b.lab.org"]) is None
    assert access.refusal(["lab.org"], []) and access.refusal(["xlab.org"], [])
    assert access.refusal(["localhost:8501"], ["http://localhost:3000"]) is None
    assert access.refusal(["localhost:8501"], ["http://localhost:3001"])
    assert access.refusal(["localhost", "localhost"], []) and access.refusal([], [])
    assert access.refusal(["localhost"], ["http://localhost", "http://localhost"])
    for text in ("", "a/b", "http://a", "a:1", "-a", "x" * 300):
        with pytest.raises(SettingsError, match="--allow-host must be a host's name"):
            host_name(text)


def test_the_default_port_of_a_scheme_may_be_left_out():
    access = Access(named=frozenset())
    assert access.refusal(["localhost"], ["http://localhost:80"]) is None
    assert access.refusal(["localhost:443"], ["https://localhost"]) is None
    assert access.refusal(["localhost:443"], ["http://localhost"])


def test_a_token_lets_one_browser_in_and_a_cookie_is_for_the_server_alone():
    announced: list[str] = []
    keeper = Doorkeeper("reco_access_1", announced.append)
    first = keeper.token
    assert not keeper.admits("") and not keeper.admits(first[:-1]) and not keeper.admits("ü" * 40)
    assert keeper.admits(first) and not keeper.admits(first)
    assert announced == [keeper.token] and keeper.admits(keeper.token)
    assert keeper.knows([f"a=b; reco_access_1={keeper.cookie}"])
    assert not keeper.knows([f"reco_access_2={keeper.cookie}", "reco_access_1=", "reco_access_1"])
    assert keeper.set_cookie("/", secure=True).endswith("; Path=/; HttpOnly; SameSite=Lax; Secure")
    assert Doorkeeper("a").token != first


def test_safety_does_not_depend_on_a_config_file(home):
    write(home / "here", "[browser]\ngatherUsageStats = true\n[server]\nenableCORS = false\nmaxUploadSize = 7\n")
    config = UsersConfig(home)
    where = listening(None, 8501, None, config)
    options = launch.safe_options(where, access_for(where, ("lab.org",)), config)
    assert options["server.address"] == "127.0.0.1" and options["server.maxUploadSize"] == 7
    assert options["server.allowedHosts"] == ["127.0.0.1", "::1", "lab.org", "localhost"]
    assert options["browser.gatherUsageStats"] is False and options["server.showEmailPrompt"] is False
    assert options["server.enableCORS"] is True and options["server.enableXsrfProtection"] is True


def test_a_taken_port_is_refused_when_asked_for_and_passed_over_when_not(taken: int, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(SettingsError, match=f"--port must be a free port; {taken} is taken"):
        ports.free_port("127.0.0.1", taken)
    monkeypatch.setattr(ports, "PORT", taken)
    assert taken < ports.free_port("127.0.0.1", None) < taken + ports.PORTS_TRIED
    monkeypatch.setattr(ports, "PORTS_TRIED", 1)
    with pytest.raises(SettingsError, match="all taken"):
        ports.free_port("127.0.0.1", None)


def test_an_address_of_another_computer_is_refused():
    with pytest.raises(SettingsError, match=r"--host must be an address of this computer; got 192\.0\.2\.1"):
        ports.free_port("192.0.2.1", 8501)
    with pytest.raises(SettingsError, match="--host"):
        ports.free_port("no such host", 8501)
