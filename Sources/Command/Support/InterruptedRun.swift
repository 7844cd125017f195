import Foundation
import Tanren

/// The checkpoints from which `tanren run --resume` continues an interrupted run.
struct InterruptedRun {
  private let configuration: RunConfiguration
  private let folder: String
  /// Whether the configuration asks for checkpoints; otherwise they are made every few seconds and removed at the end.
  private let isAskedFor: Bool

  init(_ configuration: RunConfiguration, in output: String) {
    self.configuration = configuration
    folder = output + "/checkpoints"
    isAskedFor = configuration.callbacks.contains { $0.name == NamedCheckpoints.name }
  }

  /// The configuration of the run in an output folder, which the words must not change.
  /// - Throws: `UsageError` if there is none, if they do, or if the run is complete.
  static func configuration(
    in output: String, _ choices: RunChoices, _ settings: [String]
  ) throws -> RunConfiguration {
    let path = output + "/configuration.yml"
    guard FileManager.default.fileExists(atPath: path) else {
      throw UsageError("there is no run to continue in '\(output)': it has no configuration.yml")
    }
    let saved = try YAMLReader.options(file: path)
    let configuration = try RunConfiguration(from: saved)
    guard try RunConfiguration(from: choices.options(settings, over: saved)).id == configuration.id else {
      throw UsageError(
        "the run in '\(output)' has other settings: continue it without settings, or start another run with --output")
    }
    guard configuration.experiment == nil else {
      throw UsageError("an experiment has no epochs to continue from: run it again")
    }
    guard !FileManager.default.fileExists(atPath: output + "/model.safetensors") else {
      throw UsageError("the run in '\(output)' is complete: there is nothing to continue")
    }
    return configuration
  }

  /// Removes the checkpoints of an earlier run in the folder.
  func begin() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }

  /// The newest checkpoint; nil if there is none yet.
  /// - Throws: `CheckpointError` if it is damaged or of another configuration.
  func checkpoint() throws -> Checkpoint? {
    guard FileManager.default.fileExists(atPath: folder), let newest = try CheckpointFolder(folder).latest() else {
      return nil
    }
    guard newest.configuration == configuration.canonicalText else {
      throw CheckpointError.differentConfiguration(
        saved: newest.configuration, expected: configuration.canonicalText)
    }
    return newest
  }

  /// What makes the checkpoints that the configuration doesn't ask for.
  var callbacks: [any Callback] {
    isAskedFor ? [] : [TimedCheckpoints(CheckpointFolder(folder), configuration.canonicalText)]
  }

  /// Removes the checkpoints that nobody asked for.
  func end() {
    if !isAskedFor { try? FileManager.default.removeItem(atPath: folder) }
  }
}

/// Saves a checkpoint after an epoch, or a part of one, if the last one is some seconds old, so that short epochs don't
/// wait for the disk.
private final class TimedCheckpoints: Callback {
  private let folder: CheckpointFolder
  private let configuration: String
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant

  private static let interval = Duration.seconds(10)

  init(_ folder: CheckpointFolder, _ configuration: String) {
    (self.folder, self.configuration) = (folder, configuration)
    last = clock.now
  }

  func chunkEnded(_ progress: ChunkProgress, in trainer: Trainer) throws {
    if progress.steps < progress.stepsPerEpoch { try save(trainer) }
  }

  func epochEnded(_ record: EpochRecord, in trainer: Trainer) throws -> CallbackAction {
    if record.epoch > 0 { try save(trainer) }
    return .continue
  }

  private func save(_ trainer: Trainer) throws {
    guard clock.now - last > Self.interval else { return }
    try folder.save(trainer.checkpoint(configuration: configuration), keep: 2)
    last = clock.now
  }
}
