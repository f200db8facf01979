"""Sites on the bench's broker that have no queue server."""

from typing import Final

from queue_server.rules.terms import SiteId

ECHO_SITE: Final = SiteId("echo")
"""Its requests are answered by the echo."""
BARE_SITE: Final = SiteId("bare")
"""Its calls come from nowhere: published by the bench itself."""
