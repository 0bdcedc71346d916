"""What helm template and Argo CD render: the same bytes each time, and no password among them."""

from __future__ import annotations

import pytest

from tests.product.middleware.conftest import Render

STORE = {"storeName": "vault", "storeKind": "ClusterSecretStore"}


@pytest.mark.parametrize(
    ("provider", "more"), [("job", {}), ("existing", {}), ("externalSecrets", STORE)]
)
def test_the_same_bytes_twice(provider: str, more: dict[str, str], render: Render) -> None:
    secrets = {"provider": provider, "externalSecrets": more}
    values = {"global": {"secrets": secrets, "kafka": {"auth": {"enabled": True}}}}
    first, second = render(values), render(values)
    assert first.objects
    assert [(o.template, o.text) for o in first.objects] == [
        (o.template, o.text) for o in second.objects
    ]
    assert not list(first.of("Secret"))
    stored = list(first.of("ExternalSecret"))
    assert bool(stored) is (provider == "externalSecrets")


def test_the_other_provider_makes_new_passwords_without_a_cluster(render: Render) -> None:
    """Why GitOps needs one of those above."""
    first, second = render({}), render({})
    assert [o.data for o in first.of("Secret")] != [o.data for o in second.of("Secret")]
