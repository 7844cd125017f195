import Arrays
import Files
import Formats
import Layers
import OrderedCollections
import Tensors

/// The arrays of a file that Tanren, PyTorch or Keras has filled, whatever names they have there.
///
/// ```swift
/// let model = Sequential { Dense(4); ReLU(); Dense(2) }
/// let (records, lazy) = try model.trace(TensorType(.float32, [1, 3]))
/// let own = try WeightLayout.pyTorch.exported(lazy, records: records)
/// try own.write(to: "weights.safetensors")
///
/// let (variables, match) = try WeightFile(contentsOf: "weights.safetensors").variables(for: lazy, records: records)
/// print(variables.parameters.paths, match.naming)  // ["dense1/kernel", …] PyTorch
/// ```
/// A file's naming is the one that fits most of the model's arrays. If no name fits, layers of one kind are matched in
/// their order, provided that their names there differ by a number alone: `0.weight`, `3.weight` of an `nn.Sequential`,
/// `conv2d/kernel`, `conv2d_1/kernel` of Keras.
public struct WeightFile: Sendable {
  public let path: String
  /// By name.
  public let arrays: OrderedDictionary<String, HostArray>

  /// Reads a safetensors or NPZ file; a model that `tanren run` has saved is one.
  /// - Throws: ``WeightError``, for other files with what converts them.
  public init(contentsOf path: String) throws(WeightError) {
    self.path = path
    let bytes: [UInt8]
    do throws(FileFailure) { bytes = try POSIXDisk().contents(of: path) } catch { throw .file(error) }
    switch WeightFileFormat(bytes) {
    case .safetensors:
      do throws(SafetensorsError) {
        let file = try Safetensors(bytes: bytes)
        // Statistics of training data are no weights.
        arrays =
          file.metadata["format"] == Safetensors.modelFormat
          ? file.tensors.filter { !$0.key.hasPrefix(Safetensors.preprocessingPrefix) } : file.tensors
      } catch {
        throw .safetensors(SafetensorsError(error.problem, path: path))
      }
    case .npz:
      do throws(DatasetError) {
        let read = try NPZ.read(path)
        arrays = OrderedDictionary(uniqueKeysWithValues: read.sorted { $0.key < $1.key })
      } catch {
        throw .archive(error)
      }
    case let format: throw .unreadable(path: path, format: format)
    }
  }

  /// A model's variables with the values of the file.
  /// - Parameters:
  ///   - variables: the model's own; those that the file doesn't give keep their values.
  ///   - records: the model's structure, from `trace`.
  ///   - policy: what of the model may stay as it is.
  /// - Throws: ``WeightError``, which lists everything that doesn't fit.
  public func variables(
    for variables: ModelVariables, records: [LayerRecord], policy: WeightPolicy = WeightPolicy()
  ) throws -> (variables: ModelVariables, match: WeightMatch) {
    let all = variables.parameters.merging(variables.state)
    let head = policy.replacesHead ? Self.head(of: variables.parameters) : []
    var best: WeightAssignment?
    var failure: WeightError?
    for naming in WeightNaming.all {
      do throws(WeightError) {
        let mappings = try naming.layout.mappings(for: all, records: records)
        for arrays in [arrays, unwrapped, inTorchvisionsNames].compactMap(\.self) {
          let found = naming.layout.assigning(arrays, to: all, by: mappings, head: head)
          if found.score > best?.score ?? 0 { best = found.named(naming.name) }
        }
        guard best == nil, let aligned = ModuleAlignment(mappings, all, unwrapped, naming.layout, head: head) else {
          continue
        }
        let found = naming.layout.assigning(aligned.arrays, to: all, by: mappings, head: head)
        if found.score > 0 { best = found.named(naming.name, renamed: aligned.renamed) }
      } catch {
        failure = error
      }
    }
    guard let best else {
      if let failure { throw failure }
      throw WeightError.nothingFits(path: path, found: Array(arrays.keys), wanted: all.paths)
    }
    guard policy.allowsPartial || best.match.isComplete else { throw WeightError.unfit(path: path, best.match) }
    let read = try best.values.evaluate()
    let filled = ModelVariables(
      parameters: variables.parameters.map { path, tensor in read[path] ?? tensor },
      state: variables.state.map { path, tensor in read[path] ?? tensor })
    return (filled, best.match)
  }

  /// The parameters of the last layer that has some.
  private static func head(of parameters: TensorTree) -> Set<String> {
    func module(_ path: String) -> Substring { path.lastIndex(of: "/").map { path[..<$0] } ?? "" }
    guard let last = parameters.paths.last.map(module) else { return [] }
    return Set(parameters.paths.filter { module($0) == last })
  }

  /// The arrays without what wrappers put around names: a first part that all share (`module.`, `sequential/`), and the
  /// `:0` of TensorFlow's variables.
  private var unwrapped: OrderedDictionary<String, HostArray> {
    var names = arrays.keys.map { $0.hasSuffix(":0") ? String($0.dropLast(2)) : $0 }
    for separator in [".", "/"] as [Character] {
      // What remains must still be a layer's name and its array's.
      while let rest = Self.sharedFirstPartRemoved(names, separator), rest.contains(where: { $0.contains(separator) }) {
        names = rest
      }
    }
    return OrderedDictionary(zip(names, arrays.values)) { first, _ in first }
  }

  /// The names without their first part, nil if it isn't the same in all.
  private static func sharedFirstPartRemoved(_ names: [String], _ separator: Character) -> [String]? {
    guard let end = names.first?.firstIndex(of: separator), let first = names.first?[...end] else { return nil }
    return names.allSatisfy { $0.hasPrefix(first) } ? names.map { String($0.dropFirst(first.count)) } : nil
  }
}

/// Which of a model's arrays may keep their values when weights are loaded.
public struct WeightPolicy: Sendable, Hashable {
  /// Whether the last layer's parameters stay as they are initialized, whatever the file has for them.
  public var replacesHead: Bool
  /// Whether arrays that are missing in the file, or of another shape, stay as they are, and others in the file are
  /// ignored.
  public var allowsPartial: Bool

  public init(replacesHead: Bool = false, allowsPartial: Bool = false) {
    (self.replacesHead, self.allowsPartial) = (replacesHead, allowsPartial)
  }
}

/// How the arrays of a file fit a model.
public struct WeightMatch: Sendable, Equatable {
  /// Whose names they are: `Tanren`, `PyTorch` or `Keras`.
  public internal(set) var naming = ""
  /// The model's arrays that the file gives, by path.
  public internal(set) var loaded: [String] = []
  /// The last layer's parameters, where they are to stay as they are.
  public internal(set) var head: [String] = []
  /// What the model needs and the file lacks, by the file's names.
  public internal(set) var missing: [String] = []
  /// What only the file has.
  public internal(set) var unexpected: [String] = []
  /// Arrays of another shape, or of an element type that can't be converted.
  public internal(set) var mismatched: [TypeMismatch] = []
  /// Counters that no computation needs, such as PyTorch's `num_batches_tracked`.
  public internal(set) var ignored: [String] = []
  /// Arrays that were converted to the model's floating-point type.
  public internal(set) var converted: [String] = []
  /// Layers that were matched by their order, if names didn't fit: the file's name and the model's.
  public internal(set) var renamed: [Renaming] = []

  /// A layer's names in the file and in the model.
  public struct Renaming: Sendable, Equatable {
    public let there: String
    public let here: String
  }

  /// Whether every array has its place, apart from the head.
  public var isComplete: Bool { missing.isEmpty && unexpected.isEmpty && mismatched.isEmpty }

  /// What was done, in one sentence per fact.
  public var notes: [String] {
    func list(_ items: [String]) -> String {
      items.prefix(8).joined(separator: ", ") + (items.count > 8 ? " and \(items.count - 8) more" : "")
    }
    var notes: [String] = []
    if !renamed.isEmpty {
      notes.append("matched by their order: " + list(renamed.map { "\($0.there) as \($0.here)" }))
    }
    if !converted.isEmpty { notes.append("\(converted.count) arrays converted to the model's element type") }
    if !head.isEmpty { notes.append("new: \(list(head))") }
    if !missing.isEmpty { notes.append("missing, so left as initialized: \(list(missing))") }
    if !mismatched.isEmpty {
      notes.append("of another shape, so left as initialized: \(list(mismatched.map(\.path)))")
    }
    if !unexpected.isEmpty { notes.append("not in the model, so ignored: \(list(unexpected))") }
    if !ignored.isEmpty { notes.append("ignored counters: \(list(ignored))") }
    return notes
  }
}

/// A naming that files are tried for.
private struct WeightNaming {
  let name: String
  let layout: WeightLayout

  static let all = [
    WeightNaming(name: "Tanren", layout: .tanren), WeightNaming(name: "PyTorch", layout: .pyTorch),
    WeightNaming(name: "Keras", layout: .keras),
  ]
}
