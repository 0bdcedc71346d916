"""The preset minimal on a node that runs containers: it gets ready, works, keeps its data."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial

import pytest

from openim_charts.specs.api import load_catalog
from tests.conftest import ROOT, helm_command
from tests.product.node.people import CONTENT, People, patiently, people, pushed_text
from tests.product.node.release import NAME, Release, is_ready, until

pytestmark = pytest.mark.node

CATALOG = load_catalog(ROOT)
FIRST = "before everything"
# Only with a shell in it can a container be ended, and not its pod.
WITH_A_SHELL = sorted(
    name
    for name in {d.component for d in CATALOG.dependencies.values()}
    if next(iter(CATALOG.charts[name].images.values())).image.shell
)


@pytest.fixture(scope="module")
def installed(release: Release) -> Release:
    """The preset, installed by Helm 3, with users, a message and a file."""
    by_helm3 = replace(release, helm=helm_command("helm3"))
    by_helm3.install()
    return by_helm3


def check(users: People) -> None:
    """Fail unless all that was stored is there, and works."""
    patiently(users.account_logs_in)
    assert FIRST in patiently(users.texts)
    assert patiently(users.download) == CONTENT


def send_and_receive(users: People) -> None:
    """Send a message, and wait until the gateway pushes it."""
    text = f"are you there {time.time()}"
    with users.connection() as connection:
        # Those who push learn a little later who is connected.
        time.sleep(1)
        users.send(text)
        while text not in pushed_text(connection.pushed()):
            pass


def test_all_pods_are_ready_and_the_releases_tests_pass(installed: Release) -> None:
    not_ready = [p["metadata"]["name"] for p in installed.pods() if not is_ready(p)]
    assert not not_ready
    restarted = {
        f"{p['metadata']['name']}/{s['name']}": s["restartCount"]
        for p in installed.pods()
        for s in p["status"]["containerStatuses"]
        if s["restartCount"]
    }
    print(f"restarts during the install: {restarted}")
    installed.test()


def test_a_message_is_sent_and_pushed_and_a_file_is_stored(installed: Release) -> None:
    with people(installed) as users:
        users.register()
        users.send(FIRST)
        patiently(partial(send_and_receive, users))
        users.make_account()
        patiently(users.upload)
        check(users)


@pytest.mark.parametrize("name", WITH_A_SHELL)
def test_it_is_all_there_after_a_middlewares_container_was_restarted(
    installed: Release, name: str
) -> None:
    pod, container = f"{NAME}-{name}-0", name
    before = installed.restarts(pod, container)
    installed.end_container(pod, container)
    until(lambda: installed.restarts(pod, container) > before, f"{container} was restarted")
    installed.wait_ready(len(installed.pods()))
    with people(installed) as users:
        patiently(partial(send_and_receive, users))
        check(users)


@pytest.mark.nightly
def test_it_is_all_there_after_each_pod_was_replaced(installed: Release) -> None:
    before = installed.pods()
    for pod in before:
        installed.kubectl("delete", "pod", pod["metadata"]["name"], "--wait=true")
        installed.wait_ready(len(before))
        with people(installed) as users:
            patiently(partial(send_and_receive, users))
            check(users)


def test_it_is_all_there_after_all_pods_were_replaced_at_once(installed: Release) -> None:
    count = len(installed.pods())
    installed.kubectl("delete", "pods", "--all", "--wait=true")
    installed.wait_ready(count)
    with people(installed) as users:
        patiently(partial(send_and_receive, users))
        check(users)


def test_it_is_all_there_after_it_was_uninstalled_and_installed_by_helm_4(
    installed: Release, release: Release
) -> None:
    installed.uninstall()
    release.install()
    release.test()
    with people(release) as users:
        patiently(partial(send_and_receive, users))
        check(users)
