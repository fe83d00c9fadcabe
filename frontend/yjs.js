// What static/js/markdown_editor/collaboration.js uses of Yjs.
export { fromBase64, toBase64 } from "lib0/buffer";
export { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
export { IndexeddbPersistence } from "y-indexeddb";
export { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
export {
  Doc, UndoManager, applyUpdate, createAbsolutePositionFromRelativePosition, createDeleteSetFromStructStore,
  createRelativePositionFromJSON, createRelativePositionFromTypeIndex, decodeUpdate, encodeStateAsUpdate, encodeStateVector,
  equalDeleteSets, mergeUpdates,
} from "yjs";
