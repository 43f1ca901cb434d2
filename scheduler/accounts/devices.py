"""Where somebody signs in: what a browser says of itself, in two words, and its network address."""

from __future__ import annotations

from dataclasses import dataclass

MOST_AGENT = 1000
BROWSERS = (
    ("wxwork", "WeCom"),
    ("micromessenger", "WeChat"),
    ("dingtalk", "DingTalk"),
    ("lark", "Feishu"),
    ("edg", "Edge"),
    ("opr/", "Opera"),
    ("firefox", "Firefox"),
    ("fxios", "Firefox"),
    ("chrome", "Chrome"),
    ("crios", "Chrome"),
    ("safari", "Safari"),
)
SYSTEMS = (
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("harmony", "HarmonyOS"),
    ("android", "Android"),
    ("windows", "Windows"),
    ("mac os", "macOS"),
    ("cros", "ChromeOS"),
    ("linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Client:
    """What asks: the browser's own words for itself, and the network address that it stands at."""

    agent: str = ""
    address: str = ""

    @property
    def device(self) -> str:
        """Two words that its owner knows it by, `Chrome · Windows`; nothing else of the agent is kept."""
        agent = self.agent[:MOST_AGENT].casefold()
        found = (next((name for sign, name in signs if sign in agent), "") for signs in (BROWSERS, SYSTEMS))
        return " · ".join(name for name in found if name)
