/// A callback whose decisions depend on earlier epochs. Checkpoints keep what it remembers, and `fit` hands it
/// back after ``Trainer/restore(_:)``, when training has begun.
///
/// A ``CheckpointCallback`` saves what the callbacks before it in the list have made of the epoch.
public protocol RememberingCallback: Callback {
  /// The key under which its memory is kept; where several callbacks have one name, their order tells them apart.
  var memoryName: String { get }
  func memory() throws -> CallbackMemory
  /// Called after ``Callback/trainingBegan(_:)``.
  func recall(_ memory: CallbackMemory, in trainer: Trainer) throws
}
