// A page of a vote draws itself anew when the server says that something has happened: a number, and nothing else. What is
// drawn is what the server answers for the same address. Whoever is typing is told that there is something new instead.

const RETRY = 2000;
const CHANGED = "Có thay đổi: ";
const LOST = "Mất kết nối, đang nối lại…";

let source = null;
let isDrawing = false;
let sounds = null;

const main = () => document.getElementById("main");

function tell(text, withLink) {
    const line = document.querySelector("[data-changed]");
    const link = document.createElement("a");
    link.href = address();
    link.textContent = "tải lại";
    line.replaceChildren(...(text === "" ? [] : withLink ? [text, link] : [text]));
}

// Without the sentence about what was done just now: it was told once.
function address() {
    const here = new URL(location.href);
    here.searchParams.delete("xong");
    here.hash = "";
    return here.href;
}

function isTouched(field) {
    if (field instanceof HTMLSelectElement) {
        const chosen = [...field.options].some((option) => option.defaultSelected);
        return [...field.options].some((option, at) => option.selected !== (chosen ? option.defaultSelected : at === 0));
    }
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    return field.type !== "hidden" && field.value !== field.defaultValue;
}

// A form that was sent back with what is wrong in it is no page of this address.
function isBusy() {
    const at = document.activeElement;
    const typesIn = at?.matches("input, textarea, select, [contenteditable]") && main().contains(at);
    const fields = [...main().querySelectorAll("input, textarea, select")];
    const isRefused = document.getElementById("problems") !== null;
    return typesIn || isRefused || document.querySelector("dialog[open]") !== null || fields.some(isTouched);
}

const ownTurns = () => [...main().querySelectorAll("[data-turn]")].map((line) => line.textContent.trim());

function beep() {
    if (sounds === null || !("sound" in main().dataset)) return;
    const tone = sounds.createOscillator();
    tone.frequency.value = 660;
    tone.connect(sounds.destination);
    tone.start();
    tone.stop(sounds.currentTime + 0.25);
}

// What had the focus has it again, where it is still there.
function handle(element) {
    if (element === null || !main().contains(element) || element === main()) return null;
    if (element.id !== "") return `#${CSS.escape(element.id)}`;
    const path = element.getAttribute("href");
    return path === null ? null : `a[href="${CSS.escape(path)}"]`;
}

async function draw(version) {
    if (isDrawing || main().dataset.version === version) return;
    if (isBusy()) {
        tell(CHANGED, true);
        return;
    }
    isDrawing = true;
    try {
        const answer = await fetch(address(), { cache: "no-store", signal: AbortSignal.timeout(10000) });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = answer.ok ? page.querySelector("main[data-live]") : null;
        // A guest is led to the door, and who is done to another page: the reload shows it.
        if (fresh === null || answer.redirected) location.assign(address());
        else if (isBusy()) tell(CHANGED, true);
        else {
            const [before, focused] = [ownTurns(), handle(document.activeElement)];
            main().replaceWith(document.adoptNode(fresh));
            if (focused !== null) main().querySelector(focused)?.focus({ preventScroll: true });
            tell("", false);
            if (ownTurns().some((turn) => !before.includes(turn))) beep();
        }
    } catch {
        // The next event, or the next line, tries again.
        tell(LOST, false);
        source?.close();
        setTimeout(follow, RETRY);
    } finally {
        isDrawing = false;
    }
    // What happened while the page was fetched.
    if (latest !== version) draw(latest);
}

let latest = null;

function follow() {
    source?.close();
    source = new EventSource(main().dataset.live);
    source.addEventListener("open", () => {
        if (document.querySelector("[data-changed]").textContent === LOST) tell("", false);
    });
    source.addEventListener("version", (event) => {
        latest = event.data;
        draw(latest);
    });
    source.addEventListener("error", () => {
        tell(LOST, false);
        // It tries again by itself unless the server refused.
        if (source.readyState === EventSource.CLOSED) setTimeout(follow, RETRY);
    });
}

// Browsers allow a sound only after a key or a click.
for (const event of ["keydown", "pointerdown"]) {
    addEventListener(event, () => { sounds ??= new AudioContext(); }, { once: true });
}

// A browser keeps few lines open to one server: a page that nobody looks at gives its own up, unless it is to be heard.
document.addEventListener("visibilitychange", () => {
    if ("sound" in main().dataset) return;
    if (document.hidden) source?.close();
    else follow();
});
addEventListener("offline", () => tell(LOST, false));
addEventListener("online", follow);

follow();
