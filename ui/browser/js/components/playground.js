// The Playground's door: the modules behind it come from the lab's own address and stay when the data change.
export default function ({ data, parentElement, setTriggerValue, setStateValue }) {
  const t = text => data.spoken.texts[text] ?? text
  const address = new URL(`${data.addresses.scripts}playground.js`, document.baseURI).href
  const root = parentElement.querySelector(".playground")
  const failed = () => {
    root.textContent = t("A part of this page could not be loaded. Check the connection to the lab, then load the page again.")
  }
  import(address).then(({ show }) => show({ data, root, setTriggerValue, setStateValue }), failed)
  return () => {
    import(address).then(({ leave }) => leave(root), () => {})
  }
}
