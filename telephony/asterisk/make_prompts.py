"""Speaks texts.toml into sound files with espeak-ng and sox: `python -m telephony.asterisk.make_prompts`.

The sounds are A-law, 8 kHz, mono, without a header: what Chinese trunks carry, so Asterisk has nothing to convert.
To listen: `play -t al -r 8000 -c 1 greeting.alaw`.
"""

import hashlib
import json
import subprocess
import tempfile
import tomllib
from pathlib import Path

PROMPTS = Path(__file__).parent / "prompts"
TEXTS = PROMPTS / "texts.toml"
#: For each prompt the text it was spoken from and the checksum of its sound.
MANIFEST = PROMPTS / "manifest.json"
MUSIC = Path(__file__).parent / "music" / "waiting.alaw"
#: How sox names the format.
ALAW = ("-t", "al", "-r", "8000", "-c", "1")
#: A quiet pentatonic phrase for those who wait: (frequency in hertz, seconds).
MELODY = ((523, 0.5), (587, 0.5), (659, 0.5), (784, 1.0), (659, 0.5), (587, 0.5), (523, 1.0), (440, 1.0), (523, 1.5))


def texts() -> dict[str, str]:
    """The text of each prompt by its name."""
    return {name: str(entry["text"]) for name, entry in tomllib.loads(TEXTS.read_text(encoding="utf-8")).items()}


def checksum(sound: Path) -> str:
    """What the manifest says of a sound file."""
    return hashlib.sha256(sound.read_bytes()).hexdigest()


def speak(text: str, sound: Path) -> None:
    """Write `text` as speech, the silence around it cut off."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.wav"
        subprocess.run(["espeak-ng", "-v", "cmn", "-s", "185", "-w", str(raw), text], check=True)
        trim = ["silence", "1", "0.05", "0.5%", "reverse"] * 2
        effects = [*trim, "pad", "0.1", "0.2", "norm", "-3"]
        subprocess.run(["sox", "-R", str(raw), *ALAW, str(sound), *effects], check=True)


def compose(sound: Path) -> None:
    """Write the waiting music, plucked notes one after the other."""
    sound.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        notes = []
        for number, (frequency, seconds) in enumerate(MELODY):
            note = Path(folder) / f"{number}.wav"
            tone = ["synth", str(seconds), "pluck", str(frequency), "gain", "-14"]
            subprocess.run(["sox", "-R", "-n", "-r", "8000", "-c", "1", "-b", "16", str(note), *tone], check=True)
            notes.append(str(note))
        subprocess.run(["sox", "-R", *notes, *ALAW, str(sound)], check=True)


def main() -> None:
    """Make every sound again and write the manifest."""
    spoken = {}
    for name, text in texts().items():
        sound = PROMPTS / f"{name}.alaw"
        speak(text, sound)
        spoken[name] = {"text": text, "sha256": checksum(sound)}
    compose(MUSIC)
    MANIFEST.write_text(json.dumps(spoken, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
