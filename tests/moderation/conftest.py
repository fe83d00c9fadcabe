from tests.discussion.conftest import post, say

__all__ = ["post", "say"]
