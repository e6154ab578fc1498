import { createRoot } from 'react-dom/client';
import { App } from '@/app/App';
import { startLanguage } from '@/i18n';
import { startLiveEarly } from '@/app/live';
import { applyLook } from '@/app/look';
import { whoAmI } from '@/app/session';
import './app.css';

// Asked while the words are on their way.
const asked = whoAmI();
asked.catch(() => {}); // the page tells of it
startLiveEarly();
applyLook();
await startLanguage();
createRoot(document.getElementById('app')!).render(<App asked={asked} />);
