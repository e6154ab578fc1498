// A screen that fails does not take the page with it; what was typed elsewhere stays.
import { Component, type ReactNode } from 'react';
import { words } from '@/i18n';

export class Boundary extends Component<{ children: ReactNode }, { problem: Error | null }> {
  override state = { problem: null as Error | null };

  static getDerivedStateFromError(problem: Error) { return { problem }; }

  override render() {
    if (!this.state.problem) return this.props.children;
    return (
      <div role="alert" className="p-10 text-center">
        <h1>{words('broken')}</h1>
        <p className="mt-2 text-faint">{this.state.problem.message}</p>
        <p className="mt-4"><button className="underline" onClick={() => location.reload()}>{words('reload')}</button></p>
      </div>
    );
  }
}
