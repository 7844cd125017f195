import Files
import Training

/// Why a model can't be saved, loaded or used.
public enum ModelFileError: Error, Sendable, Equatable, CustomStringConvertible {
  case file(FileFailure)
  /// A safetensors file that is truncated or contradicts itself.
  case damagedFormat(SafetensorsError)
  /// The contents aren't those that were saved. SHA-256 digests, in hexadecimal.
  case damaged(path: String, expected: String, actual: String)
  /// - Parameter found: what the file is instead.
  case notAModel(path: String, found: String)
  case newerFormat(path: String, version: Int, supported: Int)
  case malformed(path: String, reason: String)
  /// The configuration names what this program doesn't know.
  case configuration(ConfigurationError)
  /// Parameters that don't belong to the configuration's model.
  case differentModel(missing: [String], unexpected: [String], mismatched: [TypeMismatch])
  case wrongKind(found: ModelFile.Kind, wanted: ModelFile.Kind)
  /// Records of another element type or shape than those of the training data.
  case differentInputs(saved: String, found: String)
  /// Other classes, or another kind of targets.
  case differentClasses(saved: String, found: String)
  /// A reservoir that predicts something else than its input can't go on by itself.
  case notGenerating
  /// Predictions of several models that make no band: of other records or columns, or of classes.
  case unlikePredictions
  /// Models whose arrays differ in names, shapes or types; none for no models at all.
  case unlikeModels(arrays: [String])
  /// Outputs that make no table of predictions.
  case unsupportedOutputs(shape: [Int])

  public var description: String {
    switch self {
    case .file(let failure): failure.description
    case .damagedFormat(let error): error.description
    case .damaged(let path, let expected, let actual):
      "\(path) has changed since it was saved: its SHA-256 digest is \(actual), not \(expected). Copy it again."
    case .notAModel(let path, let found):
      "\(path) isn't a model that 'tanren run' has saved, but \(found). To start a run from another program's weights, "
        + "give them as 'weights'."
    case .newerFormat(let path, let version, let supported):
      "\(path) has version \(version) of the format, but this program reads versions up to \(supported). Use a newer "
        + "program."
    case .malformed(let path, let reason): "\(path): \(reason). Save the model again."
    case .configuration(let error): "the model's configuration can't be used: \(error)"
    case .differentModel(let missing, let unexpected, let mismatched):
      "the file's arrays aren't those of the model that its configuration names"
        + (missing.isEmpty ? "" : "; missing: \(missing.joined(separator: ", "))")
        + (unexpected.isEmpty ? "" : "; unexpected: \(unexpected.joined(separator: ", "))")
        + (mismatched.isEmpty ? "" : "; of another type: \(mismatched.map(\.description).joined(separator: ", "))")
        + ". Save the model again."
    case .wrongKind(let found, let wanted):
      "the file holds a \(found.rawValue), but a \(wanted.rawValue) is wanted. Choose another file."
    case .differentInputs(let saved, let found):
      "the model was trained on records of \(saved), but these are \(found). Prepare them as the training data were."
    case .differentClasses(let saved, let found):
      "the model was trained on \(saved), but these data have \(found). Choose data with the same targets in the same "
        + "order."
    case .notGenerating:
      "the network classifies, or has no feedback and predicts another series than drives it, so it can't generate: give "
        + "files with what drives it, or use the experiment reservoirGeneration."
    case .unlikePredictions:
      "the models' predictions can't be put together: they must be values, of the same records under the same names. Give "
        + "models that the same command has trained with other seeds."
    case .unlikeModels(let arrays):
      arrays.isEmpty
        ? "there are no models to average. Give at least one."
        : "the models aren't of one architecture, so their weights can't be averaged: \(arrays.joined(separator: ", ")) "
          + "differ. Choose models that differ in other settings only."
    case .unsupportedOutputs(let shape):
      "the model gives \(shape) per record, which doesn't fit into a row of a table. Use TrainedModel.outputs in Swift."
    }
  }
}
