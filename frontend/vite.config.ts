import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    // The content security policy allows files of our own origin only: nothing is inlined (S48).
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    // public/.gitkeep is copied into dist, so that an emptied dist still builds with Go.
    emptyOutDir: true,
    // The public pages are written by the server, which finds the files of their pictures in the manifest.
    manifest: true,
    rolldownOptions: { input: ['index.html', 'src/public-main.ts'] },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: { '/api': 'http://127.0.0.1:8080', '^/public(/|$)': 'http://127.0.0.1:8080' },
  },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts'],
  },
})
