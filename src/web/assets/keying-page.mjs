// The keying page: keys and buttons in, picture and sound out. Everything that is decided is decided in keying.mjs.
//
// The page brings a root element with data-levels, data-reasons, data-asked (JSON), data-done and data-what ("entry", "again"
// or "decide"); a row [data-line] for every line of the form with elements [data-mark] and [data-words] in it; elements
// [data-show="paper" | "progress" | "sign" | "heard" | "suggest"]; and buttons [data-press], each with the machine's key that
// it presses. As soon as a paper is finished, inserted or removed, the root dispatches "keying:step" with what is to be told
// the table, and "keying:send" when the teller sends.

import { begin, keyOf, linesAtHand, phase, press, resized, sound, steps, view } from "./keying.mjs";
import { nextLine, sentence } from "./keying-words.mjs";

// Height in hertz and length in seconds.
const TONES = { refused: [180, 0.25], paper: [660, 0.06], pile: [880, 0.3] };

// The mark as eyes see it; its words are for screen readers.
const MARKS = { ".": "", 0: "trống", 9: "hai ô" };

// These go on while they are held down; any other key held down is one press.
const MOVES = ["ArrowUp", "ArrowDown", "PageUp", "PageDown"];

/** Binds the machine to `root`; `beep(hertz, seconds)` sounds. */
export function bind(root, beep = speaker(root)) {
    const { levels, reasons, asked, done, what } = root.dataset;
    const isWhole = (what ?? "entry") === "entry";
    let state = begin({
        levels: Number(levels), reasons: Number(reasons), asked: JSON.parse(asked), done: Number(done ?? 0), isWhole,
    });
    const page = root.ownerDocument;
    const draw = () => show(root, state);

    const take = (key) => {
        state = press(state, key);
        const tone = TONES[sound(state.signal)];
        if (tone) beep(...tone);
        draw();
        if (state.step !== null) root.dispatchEvent(new CustomEvent("keying:step", { detail: state.step }));
        if (state.signal === "send") root.dispatchEvent(new CustomEvent("keying:send"));
    };

    const onKey = (event) => {
        // Shortcuts are the browser's, and so is what is typed into a field.
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        if (event.target.closest("input, textarea, select")) return;
        const key = keyOf(event);
        if (key === null) return;
        const control = event.target.closest("a[href], button, summary");
        if (control !== null && (key === "Enter" || event.key === " ")) {
            if (event.repeat && "press" in control.dataset) event.preventDefault();
            return;
        }
        event.preventDefault();
        if (event.repeat && !MOVES.includes(key)) return;
        take(key);
    };
    const onClick = (event) => {
        const button = event.target.closest("[data-press], [data-go]");
        if (button === null) return;
        if ("press" in button.dataset) return take(button.dataset.press);
        if (button.dataset.go !== "away") {
            const keys = ["*", ...root.dataset.suggested, "Enter", ...(button.dataset.go === "insert" ? ["Insert"] : [])];
            state = keys.reduce(press, withoutQuestion(state));
            draw();
        }
        suggest(root, null);
    };
    // A finger or a mouse on a button leaves the focus where it is, so that the keyboard goes on.
    const onPointer = (event) => {
        if (event.target.closest("[data-press], [data-go]")) event.preventDefault();
    };
    page.addEventListener("keydown", onKey);
    root.addEventListener("click", onClick);
    root.addEventListener("pointerdown", onPointer);
    root.addEventListener("mousedown", onPointer);
    const watcher = watchEdges(root);
    root.toggleAttribute("data-whole", isWhole);
    suggest(root, root.dataset.suggest === undefined ? null : Number(root.dataset.suggest));
    draw();

    return {
        unbind() {
            page.removeEventListener("keydown", onKey);
            root.removeEventListener("click", onClick);
            root.removeEventListener("pointerdown", onPointer);
            root.removeEventListener("mousedown", onPointer);
            watcher.disconnect();
        },
        /** The pile has this many papers. */
        resize(size) {
            state = resized(state, size);
            draw();
        },
        /** Says from which paper on one may have been skipped; null takes it back. */
        suggest: (paper) => suggest(root, paper),
        /** Steps that put every finished paper that is held here, in order. */
        steps: () => steps(state),
        /** How many papers are finished, of how many of them the server alone has the marks, and whether one is begun. */
        held() {
            const now = view(state);
            const finished = now.papersDone;
            const isBegun = now.phase !== "finished" && [...now.keyed].some((key) => key !== ".");
            return { finished, fromServer: finished - steps(state).length, isBegun };
        },
    };
}

// Leaves the question that is open, save that by which a task begins.
function withoutQuestion(state) {
    let left = state;
    while (["reason", "jump", "removal"].includes(phase(left))) left = press(left, "Backspace");
    return left;
}

function suggest(root, paper) {
    root.querySelector("[data-suggest-box]").toggleAttribute("hidden", paper === null);
    if (paper === null) {
        delete root.dataset.suggest;
        return;
    }
    root.dataset.suggested = String(paper);
    for (const place of root.querySelectorAll("[data-suggest-paper]")) place.textContent = paper;
}

function show(root, state) {
    const now = view(state);
    const lines = linesAtHand(state);
    let current = null;
    for (const row of root.querySelectorAll("[data-line]")) {
        const line = Number(row.dataset.line);
        const at = lines.indexOf(line);
        const key = now.keyed[at] ?? ".";
        const isCurrent = line === now.line;
        if (isCurrent) current = row;
        row.toggleAttribute("data-asked", at >= 0);
        row.toggleAttribute("data-current", isCurrent);
        if (isCurrent) row.setAttribute("aria-current", "true");
        else row.removeAttribute("aria-current");
        row.querySelector("[data-mark]").textContent = MARKS[key] ?? key;
        row.querySelector("[data-words]").textContent = at < 0 ? "" : words(root, key);
    }
    say(root, "paper", now.paper === null ? "Hết tập" : `Phiếu ${now.paper}`);
    say(root, "progress", `${now.papersDone}/${now.size}`);
    say(root, "sign", sentence(state.signal, now, root.dataset.what));
    const last = state.signal === "marked" ? words(root, lastKey(state, now)) : "";
    say(root, "heard", nextLine(now, current?.querySelector("[data-name]").textContent, last));
    root.toggleAttribute("data-refused", sound(state.signal ?? "") === "refused");
    root.dataset.phase = now.phase;
    current?.scrollIntoView({ block: "nearest" });
    keepFocus(root);
}

// Words of a mark: those on the button that makes it.
const words = (root, key) =>
    key === "." ? "chưa nhập" : root.querySelector(`.marks [data-press="${key}"] [data-word]`).textContent;

const lastKey = (state, now) => now.keyed[(now.phase === "line" ? state.line : now.keyed.length) - 1] ?? ".";

// A button that a new question hides would take the focus away with it.
function keepFocus(root) {
    const button = root.ownerDocument.activeElement;
    if (!button?.matches("[data-press]") || button.getClientRects().length > 0) return;
    const isSeen = (other) => other.getClientRects().length > 0;
    [...root.querySelectorAll("[data-press]")].find(isSeen)?.focus({ preventScroll: true });
}

function say(root, what, text) {
    const element = root.querySelector(`[data-show="${what}"]`);
    // A live region is read out when its text changes; the same refusal twice is two refusals.
    element.textContent = "";
    element.textContent = text;
}

// Tells the style sheet how much of the screen the parts cover that stay in view, so that the line that waits comes between.
function watchEdges(root) {
    const watcher = new ResizeObserver((entries) => {
        for (const { target } of entries) root.style.setProperty(`--${target.dataset.edge}`, `${target.offsetHeight}px`);
        root.querySelector("[data-current]")?.scrollIntoView({ block: "nearest" });
    });
    for (const edge of root.querySelectorAll("[data-edge]")) watcher.observe(edge);
    return watcher;
}

function speaker(root) {
    let sounds = null;
    return (hertz, seconds) => {
        // Browsers allow sound only after the first key.
        sounds ??= new root.ownerDocument.defaultView.AudioContext();
        const tone = sounds.createOscillator();
        tone.frequency.value = hertz;
        tone.connect(sounds.destination);
        tone.start();
        tone.stop(sounds.currentTime + seconds);
    };
}
