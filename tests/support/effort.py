"""How hard Hypothesis tries: its profiles, and tests that want a share of what others get.

``HYPOTHESIS_PROFILE`` names the profile; on a build server it is ``ci`` if nothing is named.
"""

import os

from hypothesis import settings

settings.register_profile("quick", deadline=None, max_examples=3)
settings.register_profile("dev", deadline=None, max_examples=10)
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=20, print_blob=True)
settings.register_profile("full", deadline=None, max_examples=200, print_blob=True)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
settings.load_profile(PROFILE)


def examples(share):
    """So many times the examples of the profile, but one at least."""
    return max(1, round(share * settings.default.max_examples))
