// A field for each column of a table; it stands before page.js where the network takes rows.
window.askForRow = ({ made, tensorOf, guarded, answer, ask }) => {
  const kit = window.KIT
  const first = tensorOf(kit.cases[0].inputs.rows).data
  const fields = kit.columns.map(({ name, categories }, place) => {
    const known = !Number.isNaN(first[place])
    if (!categories.length) {
      const value = known ? String(first[place]) : ""
      return made("input", { type: "number", step: "any", ariaLabel: name, value })
    }
    const options = ["", ...categories].map((text, code) => made("option", { value: code ? String(code - 1) : "" }, text))
    const field = made("select", { ariaLabel: name }, ...options)
    field.value = known ? String(first[place]) : ""
    return field
  })
  const use = () => {
    const values = fields.map(field => (field.value === "" ? NaN : Number(field.value)))
    return answer("rows", new ort.Tensor("float32", Float32Array.from(values), [1, values.length]))
  }
  for (const field of fields) field.oninput = () => guarded(use)
  const lines = fields.map((field, place) => made("label", { className: "row" }, kit.columns[place].name, field))
  ask.replaceChildren(made("div", {}, "A row; an empty field is a missing value:"), ...lines)
  return use()
}
