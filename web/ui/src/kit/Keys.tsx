// "g t" and "Mod+Enter" as key caps.
const isApple = /Mac|iP/.test(navigator.platform);

export function Keys({ keys }: { keys: string }) {
  if (!keys) return null;
  return (
    <span className="whitespace-nowrap">
      {keys.split(' ').map((stroke, at) => <span key={at}>{at > 0 && ' '}<kbd>{stroke.replace('Mod', isApple ? '⌘' : 'Ctrl')}</kbd></span>)}
    </span>
  );
}
