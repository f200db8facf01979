"""What the tour leaves behind: numbered pictures, and `tour.md` that tells the morning."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Story:
    """Collects the scenes; pictures are numbered in the order they are taken."""

    folder: Path
    _lines: list[str] = field(default_factory=list)
    _count: int = 0

    def scene(self, title_zh: str, title_en: str, text_zh: str, text_en: str) -> None:
        """Begin a scene."""
        self._lines += [f"## {title_zh} · {title_en}", "", text_zh, "", f"*{text_en}*", ""]

    def picture(self, name: str) -> Path:
        """Return where the next picture goes, and tell of it."""
        self._count += 1
        file = f"{self._count:02d}-{name}.png"
        self._lines += [f"![{name}]({file})", ""]
        return self.folder / file

    def sound(self, path: Path) -> None:
        """Tell of a sound."""
        self._lines += [f"[{path.name}]({path.relative_to(self.folder)})", ""]

    def write(self, title: str) -> Path:
        """Write `tour.md` and return where it is."""
        path = self.folder / "tour.md"
        path.write_text("\n".join([f"# {title}", "", *self._lines]), encoding="utf-8")
        return path
