// A browser's translator puts an element in the place of each text, and React goes on with the texts that it made: what
// it writes is seen by nobody, so that old numbers stay, and what it takes away is not there, which ends the page.
// (https://github.com/facebook/react/issues/11538)
//
// So a text that React writes into comes back in the place of its translation, and the translator, which watches the
// page, translates it anew; and what React does to a text happens to its translation.
const INSTALLED = Symbol.for("distill lab: translations follow")
const TRANSLATED = "FONT"

export default function () {
  window[INSTALLED] ??= follow(document.body)
}

function follow(root) {
  const translations = new WeakMap()
  const written = new MutationObserver(records => {
    for (const { target: text } of records) {
      const translation = translations.get(text)
      if (translation?.isConnected && !text.isConnected) translation.replaceWith(text)
    }
  })
  const replaced = new MutationObserver(records => {
    for (const { removedNodes, addedNodes, previousSibling, nextSibling } of records) {
      for (const text of removedNodes) {
        if (text.nodeType !== Node.TEXT_NODE || text.isConnected) continue
        const translation = [...addedNodes, previousSibling, nextSibling].find(node => node?.nodeName === TRANSLATED)
        if (!translation) continue
        translations.set(text, translation)
        written.observe(text, { characterData: true })
      }
    }
  })
  replaced.observe(root, { childList: true, subtree: true })
  const standing = (parent, node) => {
    const translation = node && node.parentNode !== parent && translations.get(node)
    return translation && translation.parentNode === parent ? translation : node
  }
  const { removeChild, insertBefore, replaceChild } = Node.prototype
  Object.assign(Node.prototype, {
    removeChild(node) {
      removeChild.call(this, standing(this, node))
      return node
    },
    insertBefore(node, before) {
      return insertBefore.call(this, node, standing(this, before))
    },
    replaceChild(node, old) {
      replaceChild.call(this, node, standing(this, old))
      return old
    },
  })
  return replaced
}
