// The keying page: keys in, picture and sound out. Everything that is decided is decided in keying.mjs.
//
// The page brings a root element with data-levels, data-reasons and data-asked (JSON), a row [data-line] for every line of
// the form with an element [data-mark] in it, and elements [data-show="paper" | "progress" | "sign"]. When the teller sends, the root
// dispatches "keying:send" with what was read; who listens keeps it until the server has answered.

import { answers, begin, keyNamed, press, sound, view } from "./keying.mjs";

// Signs that tell without colour; the sentence stands beside them.
const SENTENCES = {
    refused_unknown_key: "✗ Phím này không dùng được.",
    refused_no_such_level: "✗ Phiếu này chỉ có hai mức: phím 1 và phím 2.",
    refused_lines_left: "✗ Phiếu còn dòng chưa nhập.",
    refused_paper_full: "✗ Phiếu đã đủ dòng: Enter để sang phiếu sau.",
    refused_paper_invalid: "✗ Phiếu đã ghi là không hợp lệ: Enter để sang phiếu sau, Backspace để bỏ.",
    refused_no_such_reason: "✗ Không có lý do này: bấm số của lý do, Backspace để bỏ.",
    refused_nothing_to_undo: "✗ Chưa nhập gì để bỏ.",
    refused_all_keyed: "✗ Đã nhập hết tập: Enter để gửi, Backspace để sửa.",
    asked_reason: "? Bấm số của lý do phiếu không hợp lệ.",
    spoiled: "– Phiếu không hợp lệ. Enter để sang phiếu sau.",
    next_paper: "✓ Phiếu tiếp theo.",
    finished: "✓ Đã nhập hết tập. Enter để gửi.",
    undone: "← Đã bỏ một bước.",
};

// Height in hertz and length in seconds.
const TONES = { refused: [180, 0.25], paper: [660, 0.06], pile: [880, 0.3] };

const MARKS = { 0: "trống", 9: "hai ô" };

/** Binds the machine to `root`; `beep(hertz, seconds)` sounds. Gives a function that unbinds it. */
export function bind(root, beep = speaker(root)) {
    const { levels, reasons, asked } = root.dataset;
    let state = begin({ levels: Number(levels), reasons: Number(reasons), asked: JSON.parse(asked) });
    show(root, state);

    const onKey = (event) => {
        // Shortcuts are the browser's, and a key held down is one press.
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        const key = keyNamed(event.key);
        if (key === null) return;
        event.preventDefault();
        if (event.repeat) return;
        state = press(state, key);
        const tone = TONES[sound(state.signal)];
        if (tone) beep(...tone);
        show(root, state);
        if (state.signal === "send") {
            root.dispatchEvent(new CustomEvent("keying:send", { detail: answers(state) }));
        }
    };
    const page = root.ownerDocument;
    page.addEventListener("keydown", onKey);
    return () => page.removeEventListener("keydown", onKey);
}

function show(root, state) {
    const now = view(state);
    const lines = state.task.asked[state.closed]?.lines ?? [];
    for (const row of root.querySelectorAll("[data-line]")) {
        const line = Number(row.dataset.line);
        const key = now.keyed[lines.indexOf(line)];
        const current = line === now.line;
        row.toggleAttribute("data-asked", lines.includes(line));
        row.toggleAttribute("data-current", current);
        row.querySelector("[data-mark]").textContent = key === undefined ? "" : (MARKS[key] ?? key);
        if (current) row.scrollIntoView({ block: "nearest" });
    }
    const total = state.task.asked.length;
    say(root, "paper", now.paper === null ? "Hết tập" : `Phiếu ${now.paper}`);
    say(root, "progress", `${now.papersDone}/${total}`);
    say(root, "sign", SENTENCES[state.signal] ?? "");
    root.toggleAttribute("data-refused", state.signal?.startsWith("refused_") ?? false);
    root.dataset.phase = now.phase;
}

function say(root, what, text) {
    const element = root.querySelector(`[data-show="${what}"]`);
    // A live region is read out when its text changes; the same refusal twice is two refusals.
    element.textContent = "";
    element.textContent = text;
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
