import Files
import Formats
import OrderedCollections
import Training

/// A format in which other programs load a trained model or its weights. `docs/export.md` shows how.
public enum ExportFormat: String, Sendable, Hashable, CaseIterable {
  /// The weights with PyTorch's names and layouts, in a safetensors file.
  case torch
  /// The weights with Keras' names and layouts, in an archive of NumPy's arrays.
  case keras
  /// The weights under their paths here, in an archive of NumPy's arrays.
  case npz
  /// The program in MLIR's StableHLO dialect, for batches of one size, with the weights as arguments, which a safetensors
  /// file beside it holds.
  case stablehlo
  /// The graph with the weights in it, in the Open Neural Network Exchange format, for batches of any size.
  case onnx

  /// How the names of such files end.
  public var suffix: String {
    switch self {
    case .torch: ".torch.safetensors"
    case .keras: ".keras.npz"
    case .npz: ".npz"
    case .stablehlo: ".mlir"
    case .onnx: ".onnx"
    }
  }

  /// Whether files hold the computation besides the weights.
  public var isProgram: Bool { self == .stablehlo || self == .onnx }
}

/// Why a model can't be exported, besides the `Diagnostic` of an operation that the format has no form for.
public enum ExportError: Error, Sendable, Equatable, CustomStringConvertible {
  case file(FileFailure)
  /// - Parameter name: of the array.
  case unsupportedType(name: String, dtype: DType, format: ExportFormat)
  /// ONNX files have 2 GiB at most.
  case tooLarge(bytes: Int)

  public var description: String {
    switch self {
    case .file(let failure): failure.description
    case .unsupportedType(let name, let dtype, let format):
      "\(format.rawValue) has no element type for '\(name)', which is \(dtype): train in float32"
    case .tooLarge(let bytes):
      "the model takes \(bytes) bytes, but ONNX files are limited to 2^31: export the weights as torch or npz instead"
    }
  }
}

extension InferenceModel {
  /// Writes the model or its weights.
  ///
  /// - Parameters:
  ///   - path: of the file. StableHLO's weights go into a second one, under this name and `.safetensors`.
  ///   - batchSize: the size of batches that the program is for. By default, ONNX graphs are for any size and StableHLO
  ///     programs for 1. Weights have none.
  /// - Returns: the paths of the files written.
  /// - Throws: ``ExportError``; `Diagnostic` for an operation that has no form in ONNX, which names the layer, and for
  ///   one that depends on the batch size; `WeightError` for weights that another framework has no layer for.
  @discardableResult
  public func export(_ format: ExportFormat, to path: String, batchSize: Int? = nil) throws -> [String] {
    let files: [(path: String, bytes: [UInt8])]
    switch format {
    case .torch:
      var file = try weights(.pyTorch)
      file.metadata["format"] = "pt"
      files = [(path, try file.bytes())]
    case .keras: files = [(path, try archive(of: weights(.keras).tensors, as: format, path: path))]
    case .npz: files = [(path, try archive(of: weights(.tanren).tensors, as: format, path: path))]
    case .stablehlo:
      let program = try stableHLO(batchSize: batchSize ?? 1, weightsFile: path + ".safetensors")
      files = [(path, Array(program.text.utf8)), (path + ".safetensors", try program.arguments.bytes())]
    case .onnx: files = [(path, try onnx(batchSize: batchSize))]
    }
    do throws(FileFailure) {
      try POSIXDisk().makeFolder(POSIXDisk().folder(of: path))
      for file in files { try OutputFile.write(file.bytes, to: file.path) }
    } catch {
      throw ExportError.file(FileFailure(.write, path: path, code: error.code))
    }
    return files.map(\.path)
  }

  private func weights(_ layout: WeightLayout) throws -> Safetensors {
    let prepared = try withoutPreprocessing().inputs
    return try layout.exported(variables, records: model.trace(prepared, precision: precision).records)
  }

  private func archive(
    of tensors: OrderedDictionary<String, HostArray>, as format: ExportFormat, path: String
  ) throws -> [UInt8] {
    for (name, array) in tensors where array.dtype == .bfloat16 {
      throw ExportError.unsupportedType(name: name, dtype: array.dtype, format: format)
    }
    return try NPZ.encode(Dictionary(uniqueKeysWithValues: tensors.map { ($0, $1) }), path: path)
  }
}
