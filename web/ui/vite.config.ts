// `POSTERN_ORIGIN=https://localhost:8443 npm run dev` shows the page before a running Postern, without building that anew.
// Written as React, shipped as Preact: half the bytes. REACT=1 builds the same source with React itself.
import { fileURLToPath } from 'node:url';
import tailwind from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';

const preact = {
  'react-dom/client': 'preact/compat/client',
  'react-dom/test-utils': 'preact/test-utils',
  'react-dom': 'preact/compat',
  'react/jsx-runtime': 'preact/jsx-runtime',
  react: 'preact/compat',
};

export default defineConfig({
  base: '/ui/',
  html: { cspNonce: '{{nonce}}' }, // the server puts one in with each answer
  plugins: [tailwind()],
  resolve: {
    alias: {
      '@': fileURLToPath(new URL('./src', import.meta.url)),
      ...(process.env.REACT ? {} : preact),
    },
  },
  build: {
    outDir: process.env.POSTERN_UI_OUT ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // the content security policy has no data: addresses
    rollupOptions: { output: { entryFileNames: '[name]-[hash].js', chunkFileNames: '[name]-[hash].js', assetFileNames: '[name]-[hash][extname]',
      // The words of a language are one file: they are loaded together, and each request costs half a kilobyte of header.
      codeSplitting: { groups: [{ name: (id: string) => `words-${/\/locales\/(\w+)\//.exec(id)?.[1]}`, test: /\/locales\// }] } } },
  },
  server: {
    proxy: process.env.POSTERN_ORIGIN
      ? { '/api': { target: process.env.POSTERN_ORIGIN, secure: false, changeOrigin: true, headers: { Origin: process.env.POSTERN_ORIGIN } } }
      : undefined,
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], server: { deps: { inline: [/.*/] } } },
});
