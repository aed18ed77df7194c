export * from './query'
export { dropHash, leaveGuard, navigate, resolve, router, setQuery, setTitle, startRouter, type LeaveGuard } from './router.svelte'
