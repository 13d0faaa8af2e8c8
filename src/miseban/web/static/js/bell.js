// A sound and a vibration for what is new. Browsers allow sound only after a touch, so it is switched
// on by hand, and this browser remembers it.

export class Bell {
  constructor(button) {
    this.button = button;
    this.on = localStorage.getItem("sound") === "on";
    this.show();
    button.addEventListener("click", () => {
      this.on = !this.on;
      localStorage.setItem("sound", this.on ? "on" : "off");
      this.show();
      if (this.on) this.play(1);
    });
  }

  show() {
    this.button.setAttribute("aria-pressed", String(this.on));
  }

  /** `urgent`: three times, and longer. */
  ring(urgent) {
    navigator.vibrate?.(urgent ? [300, 120, 300, 120, 300] : [200]);
    if (this.on) this.play(urgent ? 3 : 1);
  }

  play(times) {
    this.sound ??= new AudioContext();
    this.sound.resume();
    for (let n = 0; n < times; n++) {
      const at = this.sound.currentTime + n * 0.45;
      const [tone, loud] = [this.sound.createOscillator(), this.sound.createGain()];
      tone.frequency.setValueAtTime(880, at);
      tone.frequency.setValueAtTime(1175, at + 0.12);
      loud.gain.setValueAtTime(0.0001, at);
      loud.gain.exponentialRampToValueAtTime(0.3, at + 0.02);
      loud.gain.exponentialRampToValueAtTime(0.0001, at + 0.35);
      tone.connect(loud).connect(this.sound.destination);
      tone.start(at);
      tone.stop(at + 0.4);
    }
  }
}
