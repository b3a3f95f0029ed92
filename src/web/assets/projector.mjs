// The screen of the hall draws itself anew when the server says that something has happened. The page itself is what the
// server draws; this takes its content out of it and puts it in the place of what is shown.

const RETRY = 2000;
const LOST = "Mất kết nối, đang nối lại…";

let source = null;
let isDrawing = false;

const shown = () => document.querySelector("[data-screen]");

function say(text) {
    const line = shown().querySelector('[data-show="lost"]');
    if (line.textContent !== text) line.textContent = text;
}

async function draw(version) {
    if (isDrawing || shown().dataset.version === version) return;
    isDrawing = true;
    try {
        const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(10000) });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = answer.ok ? page.querySelector("[data-screen]") : null;
        // A guest is led to the door: the reload shows it.
        if (fresh === null) location.reload();
        else shown().replaceWith(document.adoptNode(fresh));
    } catch {
        // The next event, or the next line, tries again.
        say(LOST);
        source?.close();
        setTimeout(follow, RETRY);
    } finally {
        isDrawing = false;
    }
}

function follow() {
    source?.close();
    source = new EventSource(`${shown().dataset.address}/dong.txt`);
    source.addEventListener("open", () => say(""));
    source.addEventListener("version", (event) => draw(event.data));
    source.addEventListener("error", () => {
        say(LOST);
        // It tries again by itself unless the server refused.
        if (source.readyState === EventSource.CLOSED) setTimeout(follow, RETRY);
    });
}

// Told at once when this machine loses its network; a line that was open may take long to notice.
window.addEventListener("offline", () => say(LOST));
window.addEventListener("online", follow);

follow();
