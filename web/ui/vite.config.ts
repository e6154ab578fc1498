// `POSTERN_ORIGIN=https://localhost:8443 npm run dev` shows the page before a running Postern, without building that anew.
// Written as React, shipped as Preact: half the bytes. REACT=1 builds the same source with React itself.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import tailwind from '@tailwindcss/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const preact = {
  'react-dom/client': 'preact/compat/client',
  'react-dom/test-utils': 'preact/test-utils',
  'react-dom': 'preact/compat',
  'react/jsx-runtime': 'preact/jsx-runtime',
  react: 'preact/compat',
};

// "virtual:words": the areas of src/locales/<language>/ as two files a language: what the sign-in page and the desk say, which is
// loaded first, and the rest, which comes with the first other screen.
const kEarly = ['common', 'desk', 'entry', 'nav', 'problems', 'sla', 'suspended', 'ticket'];
function words(): Plugin {
  const root = fileURLToPath(new URL('./src/locales', import.meta.url));
  const mark = 'virtual:words';
  const areas = (language: string, part: string) => readdirSync(`${root}/${language}`).map((each) => each.replace('.json', '')).filter((each) => kEarly.includes(each) === (part === 'early'));
  return {
    name: 'words',
    resolveId: (id) => (id.startsWith(mark) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${mark}`)) return undefined;
      const [, language, part] = id.split('/');
      if (!language || !part) return `export default {${readdirSync(root).map((each) => `${each}: { early: () => import('${mark}/${each}/early'), late: () => import('${mark}/${each}/late') }`).join()}}`;
      const list = areas(language, part);
      return `${list.map((each, at) => `import a${at} from ${JSON.stringify(`${root}/${language}/${each}.json`)}`).join('\n')}\nexport default {${list.map((each, at) => `${each}: a${at}`).join()}}`;
    },
  };
}

// What every page begins with, in few files: each request costs half a kilobyte of header, and small files pack badly.
const kStart = /node_modules\/(preact|i18next|@tanstack\/(query-core|react-query))\/|\/src\/(api|i18n)\/|\/src\/app\/(?!Palette|KeyHelp)|\/src\/kit\/(act|ask|useDock|Badge|Button|Confirm|CopyButton|Dialog|Field|Keys|Loaded|Page|Time|Wait)\.tsx?|\/src\/screens\/\w+\/screens\.ts/;
const kDesk = /node_modules\/@tanstack\/(virtual-core|react-virtual)\/|\/src\/screens\/desk\/(types|Tickets|DeskRail|sla\/|suspended\/(data|Count)|ticket\/data\/|list\/(?!Bulk|Undone|ViewScreen|ColumnMenu|WelcomeScreen))/;

export default defineConfig({
  base: '/ui/',
  html: { cspNonce: '{{nonce}}' }, // the server puts one in with each answer
  plugins: [tailwind(), words()],
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
codeSplitting: { groups: [{ name: 'start', test: kStart, priority: 2 }, { name: 'desk', test: kDesk, priority: 1 }] } } },
  },
  server: {
    proxy: process.env.POSTERN_ORIGIN
      ? { '/api': { target: process.env.POSTERN_ORIGIN, secure: false, changeOrigin: true, headers: { Origin: process.env.POSTERN_ORIGIN } } }
      : undefined,
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], server: { deps: { inline: [/.*/] } } },
});
