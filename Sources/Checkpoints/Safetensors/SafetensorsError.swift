import Files
import PJRT

/// Why a safetensors file cannot be read or written.
public struct SafetensorsError: Error, Sendable, Equatable, CustomStringConvertible {
  public let problem: SafetensorsProblem
  /// The file's path, if known.
  public let path: String?

  public init(_ problem: SafetensorsProblem, path: String? = nil) {
    self.problem = problem
    self.path = path
  }

  public var description: String {
    if case .file(let failure) = problem { return failure.description }
    return (path.map { "\($0): " } ?? "") + problem.description
  }
}

/// What can be wrong with a safetensors file.
public enum SafetensorsProblem: Error, Sendable, Equatable {
  case file(FileFailure)
  /// - Parameters:
  ///   - expected: the least size in bytes.
  ///   - actual: the size in bytes.
  case truncated(part: String, expected: Int, actual: Int)
  case headerTooLong(length: UInt64, limit: Int)
  case notUTF8
  case malformedHeader(reason: String)
  case duplicateName(String)
  case malformedTensor(name: String, reason: String)
  case unknownType(tensor: String, type: String)
  /// More bytes than can be counted.
  case tooLarge(tensor: String, shape: [Int])
  case wrongSize(tensor: String, shape: [Int], dtype: DType, expected: Int, actual: Int)
  case overlapping(tensor: String, with: String)
  /// Bytes that belong to no tensor, before one or at the end (`nil`).
  case gap(before: String?, bytes: Int)
  case outOfRange(tensor: String, end: Int, available: Int)
  /// A truth value that is neither 0 nor 1.
  case notBoolean(tensor: String)
  case reservedName(String)
}

extension SafetensorsProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let failure): failure.description
    case .truncated(let part, let expected, let actual):
      "the file is truncated: \(part) needs \(expected) bytes, but there are \(actual). Copy or save it again."
    case .headerTooLong(let length, let limit):
      "the header claims a length of \(length) bytes, more than the \(limit) that the format allows. "
        + "Is it a safetensors file?"
    case .notUTF8: "the header isn't UTF-8 text. Is it a safetensors file?"
    case .malformedHeader(let reason): "the header is malformed: \(reason). Is it a safetensors file?"
    case .duplicateName(let name): "the name '\(name)' occurs twice. Save the file again with distinct names."
    case .malformedTensor(let name, let reason): "the entry of tensor '\(name)' is malformed: \(reason)."
    case .unknownType(let tensor, let type):
      "tensor '\(tensor)' has elements of type '\(type)', not one of "
        + "\(SafetensorsType.known.joined(separator: ", ")). Convert it before saving."
    case .tooLarge(let tensor, let shape): "tensor '\(tensor)' of shape \(shape) has more bytes than can be counted."
    case .wrongSize(let tensor, let shape, let dtype, let expected, let actual):
      "tensor '\(tensor)' of shape \(shape) and type \(dtype) needs \(expected) bytes, but its range has \(actual). "
        + "Save the file again."
    case .overlapping(let tensor, let other):
      "tensors '\(other)' and '\(tensor)' share bytes. Save the file again with separate tensors."
    case .gap(let name, let bytes):
      "\(bytes) bytes " + (name.map { "before tensor '\($0)'" } ?? "at the end") + " belong to no tensor. "
        + "Save the file again."
    case .outOfRange(let tensor, let end, let available):
      "tensor '\(tensor)' ends at byte \(end) of the data, which has \(available). The file is truncated or its "
        + "header is wrong: copy or save it again."
    case .notBoolean(let tensor): "the Boolean tensor '\(tensor)' has bytes other than 0 and 1."
    case .reservedName(let name): "no tensor can be named '\(name)': the format reserves that name."
    }
  }
}
