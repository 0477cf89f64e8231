// A phone whose screen goes dark stops measuring.

/** @returns {Promise<WakeLockSentinel | null | undefined>} what keeps the screen on, where the browser has it */
export async function awake() {
  return navigator.wakeLock?.request("screen").catch(() => null)
}
