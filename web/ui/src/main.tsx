import { createRoot } from 'react-dom/client';
import { App } from '@/app/App';
import { startLanguage } from '@/i18n';
import { applyLook } from '@/app/look';
import './app.css';

applyLook();
await startLanguage();
createRoot(document.getElementById('app')!).render(<App />);
