/// A callback whose decisions depend on earlier epochs. Checkpoints keep what it remembers, and `fit` hands it
/// back after `Trainer.restore`, when training has begun.
///
/// A ``CheckpointCallback`` saves what the callbacks before it in the list have made of the epoch.
public protocol RememberingCallback: Callback {
  /// The key under which its memory is kept; where several callbacks have one name, their order tells them apart.
  var memoryName: String { get }
  /// What has to be known for going on as if there had been no break.
  func memory() throws -> CallbackMemory
  /// Called after ``Callback/trainingBegan(_:)``.
  func recall(_ memory: CallbackMemory, in trainer: Trainer) throws
}
