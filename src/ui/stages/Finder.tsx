/** The computer's or the phone's camera, a photo at a time. */
import { Button, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import css from './try.module.css';

/** Undefined where the browser has none to give. */
export const cameras = (): MediaDevices | undefined =>
  (globalThis.navigator as Partial<Navigator> | undefined)?.mediaDevices;

/** What the camera sees; it is on for as long as this is drawn. */
export function Finder({ media, onPhoto }: { media: MediaDevices; onPhoto: (photo: File) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [said, setSaid] = useState('Waiting for the camera …');
  const [ready, setReady] = useState(false);
  useEffect(() => {
    let [gone, stream]: [boolean, MediaStream | null] = [false, null];
    const end = () => stream?.getTracks().forEach((track) => track.stop());
    media.getUserMedia({ video: { facingMode: 'environment' } }).then(
      (given) => {
        stream = given;
        if (gone) return end();
        if (video.current) video.current.srcObject = given;
        setSaid('');
        return undefined;
      },
      (error: unknown) => setSaid(reasonOf(error)),
    );
    return () => {
      gone = true;
      end();
    };
  }, [media]);
  return (
    <>
      <video
        ref={video}
        className={css['finder']}
        autoPlay
        muted
        playsInline
        onLoadedData={() => setReady(true)}
        aria-label="What the camera sees"
      />
      <Text component="output" size="sm" c="dimmed">
        {said}
      </Text>
      <Button
        mt="xs"
        disabled={!ready}
        onClick={() => video.current && void photoOf(video.current).then(onPhoto)}
        data-testid="take-photo"
      >
        Take the photo
      </Button>
    </>
  );
}

function reasonOf(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError')
    return 'The browser does not let this page use the camera. Allow it, or choose a photo.';
  if (name === 'NotFoundError') return 'There is no camera here. Choose a photo.';
  return `The camera cannot be used: ${error instanceof Error ? error.message : String(error)}`;
}

/** Without loss: what the network sees is what the camera gave. */
async function photoOf(video: HTMLVideoElement): Promise<File> {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext('2d')!.drawImage(video, 0, 0);
  const name = `camera-${new Date().toISOString().replaceAll(/[:.]/g, '-')}.png`;
  return new File([await canvas.convertToBlob({ type: 'image/png' })], name, { type: 'image/png' });
}
