// The door of what records classes: the modules behind it come from the lab's own address and stay when data change.
export default function ({ data, parentElement, setTriggerValue }) {
  const t = text => data.spoken.texts[text] ?? text
  const address = new URL(`${data.scripts}room.js`, document.baseURI).href
  const root = parentElement.querySelector(".room")
  const failed = () => {
    root.textContent = t("A part of this page could not be loaded. Check the connection to the lab, then load the page again.")
  }
  import(address).then(({ show }) => show({ data, root, setTriggerValue }), failed)
  return () => {
    import(address).then(({ leave }) => leave(root), () => {})
  }
}
