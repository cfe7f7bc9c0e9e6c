"""docker-compose.yml and Dockerfile: what `docker compose config` would refuse, and what we want besides."""

import re

import pytest
import yaml

from aftersales.environment import BASE_DIR

COMPOSE = BASE_DIR / "docker-compose.yml"
TOP_KEYS = {"name", "services", "volumes", "networks", "configs", "secrets"}
SERVICE_KEYS = {
    "build", "command", "depends_on", "env_file", "environment", "healthcheck", "image", "ports", "restart",
    "stop_grace_period", "stop_signal", "volumes",
}  # fmt: skip
HEALTH_KEYS = {"test", "interval", "timeout", "retries", "start_period", "disable"}
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
DURATION = re.compile(r"\d+(ms|s|m|h)$")
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)")
READ_BY_OTHERS = {"FORWARDED_ALLOW_IPS", "PORT", "POSTGRES_PASSWORD"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load(COMPOSE.read_text())


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


@pytest.fixture(scope="module")
def example():
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", (BASE_DIR / ".env.example").read_text(), re.MULTILINE))


def test_only_known_keys(compose, services):
    assert {key for key in compose if not key.startswith("x-")} <= TOP_KEYS
    assert {key for service in services.values() for key in service} <= SERVICE_KEYS
    assert {key for service in services.values() for key in service.get("healthcheck", {})} <= HEALTH_KEYS


def test_the_product_is_complete(services):
    assert set(services) == {"postgres", "redis", "migrate", "web", "worker", "beat"}
    assert services["postgres"]["image"] == "postgres:18"


def test_every_service_has_something_to_run(services):
    assert not [name for name, service in services.items() if not ({"image", "build"} & set(service))]


def test_every_server_says_whether_it_is_healthy(services):
    silent = {name for name, service in services.items() if not service.get("healthcheck", {}).get("test")}
    assert silent == {"migrate", "beat"}


def test_health_checks_are_well_formed(services):
    for service in services.values():
        health = service["healthcheck"]
        if health.get("disable"):
            continue
        assert health["test"][0] in {"CMD", "CMD-SHELL"}
        assert all(
            DURATION.match(health[key]) for key in ("interval", "timeout", "start_period") if key in health
        )


def test_services_wait_for_what_exists_and_can_be_waited_for(services):
    for service in services.values():
        for name, how in service.get("depends_on", {}).items():
            assert how["condition"] in CONDITIONS
            if how["condition"] == "service_healthy":
                assert services[name]["healthcheck"]["test"]
            if how["condition"] == "service_completed_successfully":
                assert services[name]["restart"] == "no"


def test_the_product_starts_after_the_migrations(services):
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_named_volumes_are_declared_and_used(compose, services):
    used = {
        volume.partition(":")[0]
        for service in services.values()
        for volume in service.get("volumes", [])
        if not volume.startswith((".", "/"))
    }
    assert used == set(compose["volumes"])


def test_ports_are_numbers(services):
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports
    assert all(re.fullmatch(r"(\$\{\w+:-\d+\}|\d+):\d+", port) for port in ports)


def test_only_the_site_is_published(services):
    assert [name for name, service in services.items() if "ports" in service] == ["web"]


def test_variables_are_explained(example):
    assert set(VARIABLE.findall(COMPOSE.read_text())) <= example


def test_every_setting_is_in_the_example_and_the_other_way_round(example):
    source = "".join(
        (BASE_DIR / "aftersales" / name).read_text() for name in ("settings.py", "environment.py")
    )
    read = set(re.findall(r"env(?:\.\w+)?\(\s*\"([A-Z_]+)\"", source)) - {"ENV_FILE"}
    assert read | READ_BY_OTHERS == example


def test_the_example_alone_is_refused():
    """Somebody who changes nothing must not run with a published key."""
    text = (BASE_DIR / ".env.example").read_text()
    assert "SECRET_KEY=change-me" in text


def test_the_container_runs_as_an_ordinary_user():
    text = (BASE_DIR / "Dockerfile").read_text()
    assert re.search(r"^USER (?!root)", text, re.MULTILINE)
    assert re.search(r"^HEALTHCHECK ", text, re.MULTILINE)
    assert text.index("\nUSER ") < text.index("\nCMD ")
