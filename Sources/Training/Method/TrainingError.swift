import Files

/// Why training cannot begin.
public enum TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
  case invalidSetting(name: String, value: Int, requirement: String)
  case batchLargerThanData(batchSize: Int, count: Int)
  case emptyData
  case labelOutOfRange(label: Int, classes: Int)
  case tokenOutOfRange(token: Int, vocabulary: Int)
  /// Outputs, targets, loss and metrics don't fit together.
  case incompatible(Incompatibility)
  /// `data` is `training`, `validation`, …; `array` is `inputs` or `targets`.
  case notFinite(data: String, array: String, number: NonFiniteNumber)
  case differentModel(missing: [String], unexpected: [String])
  case differentType(path: String, expected: String, actual: String)
  case differentMethods
  case wrongOrder(expected: String, actual: String)
  /// Each example has one level, a floating-point number.
  case wrongFloodLevels(expected: Int, actual: String)
  /// Trainers that train together would need levels of their own.
  case floodLevelsOfGroup
  /// A pattern of paths that no parameter has.
  case unmatchedPattern(setting: String, pattern: String, paths: [String])
  case nothingTrained
  /// More devices are wanted than the engine has.
  case tooFewDevices(wanted: Int, found: Int)
  /// Devices have equal parts of a batch.
  case unevenBatch(batchSize: Int, devices: Int)
  /// The optimizer's state should be sharded, but some of its transforms need whole parameters.
  case unshardable(optimizer: String, transforms: [String])
  /// Trainers whose state is sharded can't train together.
  case shardedGroup
  /// The state should be sharded over devices of several processes.
  case shardedProcesses
  /// Trainers can't train together on devices of several processes.
  case groupOfProcesses
  /// Blocks should be computed again, but the model has none.
  case noBlocks(model: String)
  /// A batch alone takes more memory than data may take.
  case beyondMemory(needed: Int, limit: Int)
  case unknownMetric(name: String, known: [String])
  /// A log's file or folder cannot be created or written.
  case output(FileFailure)

  public var description: String {
    switch self {
    case .invalidSetting(let name, let value, let requirement): "\(name) is \(value), but must be \(requirement)"
    case .batchLargerThanData(let batchSize, let count):
      "the batch size is \(batchSize), but the data set has \(count) examples: take a smaller batch"
    case .emptyData: "the data set has no examples"
    case .labelOutOfRange(let label, let classes):
      "the data has label \(label), but the model has outputs for 0..<\(classes)"
    case .tokenOutOfRange(let token, let vocabulary):
      "the inputs have token \(token), but the model has vectors for 0..<\(vocabulary): its vocabulary must be larger"
    case .incompatible(let problem): problem.description
    case .notFinite(let data, let array, let number):
      "the \(array) of the \(data) data hold \(number): leave such records out, or replace the numbers"
    case .differentModel(let missing, let unexpected):
      "the parameters are another model's"
        + (missing.isEmpty ? "" : "; missing: \(missing.joined(separator: ", "))")
        + (unexpected.isEmpty ? "" : "; unexpected: \(unexpected.joined(separator: ", "))")
    case .differentType(let path, let expected, let actual): "'\(path)' is \(actual), but the model has \(expected)"
    case .differentMethods:
      "trainers of one group may differ in numbers of their methods, such as a learning rate, but these differ in more"
        + ": train them separately"
    case .wrongFloodLevels(let expected, let actual):
      "the flood levels must be \(expected) floating-point numbers, one per example, but are \(actual)"
    case .floodLevelsOfGroup:
      "trainers that train together share their data, but each would find flood levels of its own: train them one after the "
        + "other, or give the data levels by flooded(at:)"
    case .wrongOrder(let expected, let actual):
      "the batch order gives \(actual), but an epoch needs the indices of all examples, \(expected)"
    case .unmatchedPattern(let setting, let pattern, let paths):
      "'\(pattern)' of '\(setting)' matches no parameter; their paths are \(paths.joined(separator: ", "))"
    case .tooFewDevices(let wanted, let found):
      "the trainer wants \(wanted) devices, but the engine has \(found): start it with more, by --devices \(wanted) or "
        + "Engine.configure(device: \"cpu\", devices: \(wanted)), or train on fewer"
    case .unevenBatch(let batchSize, let devices):
      "a batch of \(batchSize) examples can't be spread evenly over \(devices) devices: take a batch size that is a multiple of "
        + "\(devices), or fewer devices"
    case .unshardable(let optimizer, let transforms):
      "with 'optimizerState: sharded' a device updates a share of each parameter's elements, but '\(optimizer)' needs whole "
        + "parameters (\(transforms.joined(separator: ", "))): use 'optimizerState: replicated', or another optimizer"
    case .shardedGroup:
      "of trainers that train together each is on one device, so that there is nothing to shard: train them one after the other, or "
        + "with 'optimizerState: replicated'"
    case .shardedProcesses:
      "with 'optimizerState: sharded' a checkpoint is put together from all devices, and a process reads only its own: use "
        + "'optimizerState: replicated', or train in one process"
    case .groupOfProcesses:
      "trainers that train together are spread over the devices of one process, but these share devices of several: train them one "
        + "after the other"
    case .nothingTrained: "'freeze' matches every parameter, so that nothing is left to train: freeze fewer"
    case .noBlocks(let model):
      "'checkpoint: blocks' computes the blocks of a model again, and \(model) has none: residual networks, transformers and "
        + "mixers have, and in a list of layers 'residual' and 'transformerBlock'; mark other layers by 'checkpointed(…)'"
    case .beyondMemory(let needed, let limit):
      "a batch needs \(needed / 1_000_000 + 1) MB with its copies, but data may take \(limit / 1_000_000) MB: allow more memory, "
        + "take a smaller batch or smaller inputs"
    case .unknownMetric(let name, let known):
      "there is no metric '\(name)' to watch: an epoch records \(known.joined(separator: ", "))"
    case .output(let failure): failure.description
    }
  }

  static let fixedLearningRate = TrainingError.incompatible(
    Incompatibility(
      "a callback that changes the learning rate", with: "a method whose learning rate is fixed",
      remedy: "set the method's adjustsLearningRate"))

  static func check(_ value: Int, name: String, atLeast least: Int) throws(TrainingError) {
    guard value >= least else { throw .invalidSetting(name: name, value: value, requirement: "\(least) or more") }
  }
}
