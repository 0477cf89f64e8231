// The benchmark's looks. It stands in a shadow root, under the theme's own variables, and goes by its own width.

export const STYLE = `
.benchmark {
  container-type: inline-size;
  color: var(--st-text-color);
  font-family: var(--st-font);
  font-size: 0.9rem;
  line-height: 1.4;
}
.benchmark * { box-sizing: border-box; }
.muted, .chip b, .sub, .scale, .left { color: color-mix(in srgb, var(--st-text-color) 70%, transparent); }
.chips { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 6px; margin: 0 0 10px; padding: 0; list-style: none; min-height: 30px; }
.chip {
  padding: 3px 10px;
  background: var(--st-secondary-background-color);
  border: 1px solid var(--st-border-color);
  border-radius: 999px;
  font-size: 0.8rem;
}
.chip b { font-weight: 400; }
.chip.lacks { border-style: dashed; }
.notes { margin: 0 0 10px; padding: 0; list-style: none; font-size: 0.82rem; }
.board { margin-bottom: 12px; }
.notes li { margin: 0 0 4px; overflow-wrap: anywhere; }
.notes b { font-weight: 600; }
.controls { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
button {
  min-height: 40px;
  padding: 0 16px;
  font: inherit;
  color: inherit;
  background: var(--st-background-color);
  border: 1px solid var(--st-border-color);
  border-radius: var(--st-button-radius);
  cursor: pointer;
}
button.primary { color: #fff; background: var(--st-primary-color); border-color: var(--st-primary-color); }
button:hover:enabled { border-color: var(--st-text-color); }
button:focus-visible { outline: 2px solid var(--st-text-color); outline-offset: 2px; }
button:disabled, button[aria-disabled="true"] { opacity: 0.45; cursor: default; }
.bar { height: 6px; margin: 12px 0 4px; overflow: hidden; background: var(--st-secondary-background-color); border-radius: 3px; }
.bar div { height: 100%; background: var(--st-primary-color); transform: scaleX(0); transform-origin: left; }
.told { display: flex; justify-content: space-between; gap: 12px; min-height: 2.8em; font-size: 0.82rem; }
.left { white-space: nowrap; }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.batch { display: flex; justify-content: space-between; flex-wrap: wrap; gap: 0 12px; margin: 6px 0 2px; }
.rows + .batch { margin-top: 18px; }
.batch h4 { margin: 0; font-size: 0.9rem; font-weight: 600; }
.scale { font-size: 0.78rem; font-variant-numeric: tabular-nums; }
.rows { margin: 0; padding: 0; list-style: none; }
.item { border-top: 1px solid var(--st-border-color); }
.row {
  display: grid;
  grid-template-columns: 16px minmax(180px, 1fr) minmax(80px, 2fr) 88px 66px 132px 56px 32px;
  gap: 0 8px;
  align-items: center;
  height: 36px;
  line-height: 1.2;
}
.row > * { min-width: 0; }
.row img { display: block; width: 16px; height: 16px; }
.name, .sub, .rate, .parity { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.name, .median { font-size: 0.84rem; }
.sub, .rate { font-size: 0.74rem; }
.track { position: relative; height: 34px; }
.p50, .whisker, .done { position: absolute; left: 0; top: 10px; width: 100%; height: 14px; }
.p50 { background: var(--mark); border-radius: 0 3px 3px 0; }
.whisker { top: 16px; height: 2px; background: var(--st-text-color); }
.whisker::after { content: ""; position: absolute; right: 0; top: -4px; width: 2px; height: 10px; background: inherit; }
.done { top: 29px; height: 3px; background: var(--mark); opacity: 0.7; transform: scaleX(0); transform-origin: left; }
.word {
  position: absolute;
  inset: 0;
  display: -webkit-box;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
  align-content: center;
  overflow: hidden;
  font-size: 0.78rem;
}
.value { text-align: right; font-variant-numeric: tabular-nums; }
.value .rate { display: block; }
.histogram { width: 66px; height: 28px; }
.histogram path { fill: currentColor; opacity: 0.55; }
.bytes { text-align: right; font-size: 0.8rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
.parity { font-size: 0.8rem; }
.opener { width: 32px; height: 32px; min-height: 0; padding: 0; background: none; border-color: transparent; }
.opener[aria-expanded="true"] { transform: rotate(90deg); }
.details { margin: 0; padding: 0 0 6px 24px; font-size: 0.74rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.ended .track { grid-column: 3 / -1; }
.ended .value, .ended .histogram, .ended .parity, .ended .bytes { display: none; }
.skipped .row { grid-template-columns: 16px minmax(0, auto) minmax(max-content, 1fr); height: 24px; }
.skipped .what { display: flex; gap: 8px; align-items: baseline; }
.skipped .track { grid-column: 3; height: auto; }
.skipped .word { position: static; display: block; white-space: nowrap; opacity: 0.7; }
.wrong .p50 {
  background: repeating-linear-gradient(135deg, var(--st-gray-color) 0 3px, transparent 3px 8px);
  border: 1px solid var(--st-gray-color);
}
.wrong .whisker { display: none; }
.wrong .value, .ended .name { opacity: 0.7; }
.wrong .median { text-decoration: line-through; }
.wrong .parity { font-weight: 600; }
[hidden] { display: none !important; }
@container (max-width: 720px) {
  .row {
    grid-template-columns: 16px minmax(0, 1fr) 66px 52px 32px;
    grid-template-areas: "mark name histogram value value" "track track parity parity opener";
    grid-template-rows: 34px 32px;
    height: 68px;
    align-content: center;
  }
  .row img { grid-area: mark; }
  .what { grid-area: name; }
  .track { grid-area: track; height: 32px; }
  .value { grid-area: value; }
  .histogram { grid-area: histogram; }
  .parity { grid-area: parity; }
  .opener { grid-area: opener; }
  .bytes, .bare .histogram { display: none; }
  .bare .what { grid-column: 2 / 4; }
  .ended .what { grid-column: 2 / -1; }
  .ended .track { grid-column: 1 / -1; }
  .skipped .row { grid-template-areas: "mark name track"; grid-template-rows: 24px; height: 24px; }
  .skipped .what { grid-column: 2; }
  .skipped .track { grid-column: 3; height: auto; }
  .controls button { flex: 1 1 auto; }
}
`
