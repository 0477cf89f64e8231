// How large an image file is, read from its first bytes: a picture that is too large is refused before it is decoded.

const JPEG_SIZES = new Set([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf])
const JPEG_ALONE = new Set([0x01, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7])
// JPEG files carry their size behind pictures of cameras, which may take several hundred kilobytes.
export const HEADER_BYTES = 1024 * 1024

/**
 * @param {Uint8Array} bytes the first of the file, HEADER_BYTES at most
 * @returns {{type: string, width: number, height: number} | null} null: none of PNG, JPEG, GIF, WebP, BMP; a size of 0
 *   by 0 where the type is known and its header is damaged
 */
export function imageHeader(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found = FORMATS.find(({ starts }) => starts(bytes))
  if (!found) return null
  try {
    return { type: found.type, ...found.size(view, bytes) }
  } catch (error) {
    if (error instanceof RangeError) return { type: found.type, width: 0, height: 0 }
    throw error
  }
}

const FORMATS = [
  { type: "PNG", starts: bytes => begins(bytes, "\x89PNG\r\n\x1a\n"), size: png },
  { type: "JPEG", starts: bytes => begins(bytes, "\xff\xd8\xff"), size: jpeg },
  { type: "GIF", starts: bytes => begins(bytes, "GIF87a") || begins(bytes, "GIF89a"), size: gif },
  { type: "WebP", starts: bytes => begins(bytes, "RIFF") && begins(bytes, "WEBP", 8), size: webp },
  { type: "BMP", starts: bytes => begins(bytes, "BM"), size: bmp },
]

function begins(bytes, text, at = 0) {
  return [...text].every((character, place) => bytes[at + place] === character.charCodeAt(0))
}

function png(view, bytes) {
  if (!begins(bytes, "IHDR", 12)) return { width: 0, height: 0 }
  return { width: view.getUint32(16), height: view.getUint32(20) }
}

function gif(view) {
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) }
}

function bmp(view) {
  const old = view.getUint32(14, true) === 12
  if (old) return { width: view.getUint16(18, true), height: view.getUint16(20, true) }
  // A negative height is a picture that is stored from the top.
  return { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) }
}

function webp(view, bytes) {
  if (begins(bytes, "VP8X", 12)) return { width: 1 + three(view, 24), height: 1 + three(view, 27) }
  if (begins(bytes, "VP8L", 12)) {
    const bits = view.getUint32(21, true)
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
  }
  if (begins(bytes, "VP8 ", 12)) {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  }
  return { width: 0, height: 0 }
}

function three(view, at) {
  return view.getUint16(at, true) + 65536 * view.getUint8(at + 2)
}

/** JPEG is a chain of segments; the first "start of frame" holds the size. */
function jpeg(view) {
  let at = 2
  while (at < view.byteLength) {
    if (view.getUint8(at) !== 0xff) return { width: 0, height: 0 }
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      at += 1 // fill byte
    } else if (JPEG_ALONE.has(marker)) {
      at += 2
    } else if (JPEG_SIZES.has(marker)) {
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    } else {
      at += 2 + view.getUint16(at + 2)
    }
  }
  return { width: 0, height: 0 }
}
