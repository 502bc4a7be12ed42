// The SPARQL editor: takes the place of a textarea, which stays in the form and is what is sent.
// In a shadow root, since CodeMirror's styles would else need a hole in the Content-Security-Policy.
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { EditorState, StateField } from "@codemirror/state";
import { Decoration, EditorView, drawSelection, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// Colours are those of the page's stylesheet: custom properties reach into a shadow root.
const theme = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--ground)", border: "1px solid var(--quiet)", borderRadius: "var(--radius)", height: "18rem", resize: "vertical", overflow: "hidden" },
  "&.cm-focused": { outline: "3px solid var(--link)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", overflow: "auto" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { color: "var(--quiet)", backgroundColor: "var(--raised)", border: "0" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--selection)" },
  ".cm-mistake": { textDecoration: "underline wavy var(--warn)", backgroundColor: "var(--warn-ground)" },
  ".cm-tooltip": { color: "var(--text)", backgroundColor: "var(--raised)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { color: "var(--ground)", backgroundColor: "var(--link)" },
  ".cm-completionDetail": { color: "inherit", fontStyle: "normal", marginLeft: "1em" },
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--mark-3)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--mark-1)" },
  { tag: [tags.number, tags.bool, tags.atom], color: "var(--mark-2)" },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--mark-4)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
]);

/** Terms that can stand here: prefixed names of the vocabulary, and prefixes; what is missing of PREFIX is added. */
function completer(vocabulary) {
  return async (context) => {
    const word = context.matchBefore(/[\w-]*:?[\w-]*/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const { terms, prefixes } = await vocabulary();
    const options = terms.map(({ name, label, kind }) => ({
      label: name,
      detail: label,
      type: kind,
      apply: (view, _completion, from, to) => {
        const prefix = name.slice(0, name.indexOf(":"));
        const text = view.state.doc.toString();
        const declared = new RegExp(`^\\s*PREFIX\\s+${prefix}:`, "im").test(text);
        const line = declared || !prefixes[prefix] ? "" : `PREFIX ${prefix}: <${prefixes[prefix]}>\n`;
        view.dispatch({
          changes: [{ from: 0, insert: line }, { from, to, insert: name }],
          selection: { anchor: from + line.length + name.length },
        });
      },
    }));
    return { from: word.from, options, validFor: /^[\w-]*:?[\w-]*$/ };
  };
}

/** Marks the place of a mistake, given as "line:column" counted from 1, until the text is changed. */
function mistake(place) {
  const [line, column] = (place || "").split(":").map(Number);
  return StateField.define({
    create(state) {
      if (!line || line > state.doc.lines) return Decoration.none;
      const { from, to } = state.doc.line(line);
      const start = Math.min(from + Math.max(column - 1, 0), to);
      const end = Math.max(to, start);
      const mark = Decoration.mark({ class: "cm-mistake" });
      return start < end ? Decoration.set([mark.range(start, end)]) : from < to ? Decoration.set([mark.range(from, to)]) : Decoration.none;
    },
    update: (marks, transaction) => (transaction.docChanged ? Decoration.none : marks),
    provide: (field) => EditorView.decorations.from(field),
  });
}

function upgrade(textarea) {
  const host = document.createElement("div");
  host.className = "editor";
  const root = host.attachShadow({ mode: "open" });
  let known;
  const vocabulary = () => (known ??= fetch(textarea.dataset.vocabulary).then((answer) => answer.json(), () => ({ terms: [], prefixes: {} })));
  const send = () => (textarea.form.requestSubmit(), true);
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: textarea.value,
      extensions: [
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        StreamLanguage.define(sparql),
        syntaxHighlighting(colours),
        autocompletion({ override: [completer(vocabulary)], icons: false }),
        // Tab is left alone: it leads out of the editor, as everywhere on a page (WCAG 2.2, 2.1.2).
        keymap.of([{ key: "Mod-Enter", run: send }, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        mistake(textarea.dataset.mistake),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": textarea.labels[0]?.textContent.trim() ?? "SPARQL", spellcheck: "false", tabindex: "0" }),
        EditorView.updateListener.of((update) => update.docChanged && (textarea.value = update.state.doc.toString())),
        theme,
      ],
    }),
  });
  textarea.before(host);
  textarea.hidden = true;
  textarea.labels[0]?.addEventListener("click", () => view.focus());
}

for (const textarea of document.querySelectorAll("textarea[data-vocabulary]")) upgrade(textarea);
