/// A callback whose decisions depend on earlier epochs. Checkpoints keep what it remembers, and `fit` hands it
/// back after ``Trainer/restore(_:)``, when training has begun.
///
/// A ``CheckpointCallback`` saves what the callbacks before it in the list have made of the epoch.
public protocol RememberingCallback: Callback {
  /// Another one for each such callback of a training: the key under which its memory is kept.
  var memoryName: String { get }
  func memory() throws -> CallbackMemory
  /// Called after ``Callback/trainingBegan(_:)``.
  func recall(_ memory: CallbackMemory) throws
}
