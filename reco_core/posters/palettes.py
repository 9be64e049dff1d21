"""The colours that posters are drawn in."""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """Colours of one mood: far to near, a bright accent, and a dark and a light that text can be read on.

    back: sky or ground of the picture. glow: its light end. accent: the one thing the eye goes to. middle: things half
    way. dark: the nearest shapes, and ink on paper. paper: the lightest, and ink on dark.
    """

    back: Colour
    glow: Colour
    accent: Colour
    middle: Colour
    dark: Colour
    paper: Colour

    @property
    def light(self) -> Colour:
        """What shines: the accent where it is brighter than the background, else the paper with a touch of it."""
        shines = _luminance(self.accent) > max(0.25, 1.3 * _luminance(self.back))
        return self.accent if shines else mix(self.paper, self.accent, 0.12)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """The colour that lies `share` of the way from a to b."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return red, green, blue


def contrast(a: Colour, b: Colour) -> float:
    """Contrast ratio of two colours, 1..21, as WCAG 2 defines it; text wants 4.5 or more."""
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Colour) -> float:
    """Relative luminance of an sRGB colour, 0..1."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _palette(colours: str) -> Palette:
    """A palette from six hexadecimal colours."""
    return Palette(*((b[0], b[1], b[2]) for b in map(bytes.fromhex, colours.split())))


#                     back   glow   accent middle dark   paper
PALETTES: dict[str, Palette] = {
    "dusk": _palette("3d3565 e2725b ffd08a 6d4067 191434 fff0dc"),
    "ember": _palette("7a1f1a f06a30 ffc857 a33423 240b0c fff0d6"),
    "blood": _palette("5c0a14 c1272d f4e4c8 8d1420 16060a f8ead6"),
    "bone": _palette("1c1b20 5b5560 e63946 34323b 0b0a0d f1ece2"),
    "moss": _palette("24382f 8aa68b e9c46a 3f5c4b 0f1a16 f3efdf"),
    "swamp": _palette("1a2a22 6f8f5a c9e265 2f4a38 0a120e eaf0d6"),
    "sea": _palette("12506b 6fc3c9 ffd97d 1c7288 072430 f2f7ef"),
    "storm": _palette("2e4057 8fa9b8 f4a259 48617a 121c29 f0f2ee"),
    "ice": _palette("5b8fb0 d6e9f0 f25f4c 7fb0c9 11324a f6fbfc"),
    "night": _palette("141b41 4a5fa5 ffe08a 27326b 080b1f eef1ff"),
    "neon": _palette("1b1040 c3248f 28e0d8 5a189a 0a0620 f3e9ff"),
    "orbit": _palette("0d2a3a 2f8f8b ff7f51 174a5a 05131c eaf6f2"),
    "violet": _palette("3a1f5d a66cc9 ffd166 5d3587 160a2b f6ecff"),
    "rose": _palette("8e2f54 f3a0a5 ffe3c2 b64a6c 34091f fff2ea"),
    "blush": _palette("e9897e fbd9c5 b3243f d96571 4a1029 fff4ec"),
    "plum": _palette("4b1942 d9628a ffc9a3 782a5e 1f0a1f ffeef0"),
    "sunny": _palette("f2a541 ffe0a3 e4572e e98a3a 4a1d12 fff7e6"),
    "lemon": _palette("f4c95d fff0bf 2a6f97 e8a33d 1d2b45 fffaea"),
    "candy": _palette("38a3a5 c7f0db ff6b6b 57bdb0 143642 fffbee"),
    "sky": _palette("4f9fd8 cdeafa ffcb3d 3c82c0 12304f fbfdff"),
    "meadow": _palette("6fae5c dff0b0 f26b4e 4e8f4d 17361f fbfbe8"),
    "desert": _palette("c8553d f7c98b 8c2f2b a8432f 3b120f fff3df"),
    "ochre": _palette("b5763a f3d9a4 5c2a18 97592a 2e160c fff4e0"),
    "khaki": _palette("5b5a3c c2b887 d1495b 74704a 1d1d12 f4f0dc"),
    "steel": _palette("39424e 9aa5b1 e2b33c 56616e 13171d f1f3f5"),
    "noir": _palette("24262b b9bcc2 e9d8a6 4a4d55 0a0b0d f4f1e8"),
    "sepia": _palette("6b4f3a d8bd94 f2e2bf 8b6a4c 231710 f8eeda"),
    "slate": _palette("2f4858 86bbd8 f6ae2d 33658a 10202b f3f6f7"),
    "brick": _palette("9c3d2a efc5a0 1f3a4d 7e2e22 2a0f0c fbf1e4"),
    "print": _palette("e8e0cf f6f1e4 d8432e bcb29c 1f2430 faf6ec"),
    "blueprint": _palette("1d4e89 7fb2e5 f7c548 2a66ab 0b2545 eef5ff"),
    "teal": _palette("0f4c5c 5fa8a8 fb8b24 1b6b78 06222b f2f6ee"),
}
