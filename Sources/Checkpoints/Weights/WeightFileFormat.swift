import Formats

/// What kind of file weights are in, by its contents.
package enum WeightFileFormat: Sendable, Hashable {
  case safetensors
  /// NumPy's archive of arrays.
  case npz
  /// What `torch.save` writes: a pickle, since PyTorch 1.6 in a zip archive.
  case pickle
  /// What Keras writes as `.h5`.
  case hdf5
  /// What Keras 3 writes as `.keras`.
  case kerasArchive
  case unknown

  package init(_ bytes: [UInt8]) {
    if bytes.starts(with: Array("PK".utf8)) {
      let names = (try? Archive(bytes, .zip, path: ""))?.names ?? []
      if names.contains(where: { $0.hasSuffix("data.pkl") }) {
        self = .pickle
      } else if names.contains(where: { $0.hasSuffix(".weights.h5") }) {
        self = .kerasArchive
      } else {
        self = .npz
      }
    } else if bytes.starts(with: [0x89] + Array("HDF".utf8)) {
      self = .hdf5
    } else if bytes.count > 1, bytes[0] == 0x80, (2...5).contains(bytes[1]) {
      self = .pickle
    } else if bytes.count > 8, bytes[8] == UInt8(ascii: "{") {
      self = .safetensors
    } else {
      self = .unknown
    }
  }

  /// For error messages: "a pickle of PyTorch".
  package var name: String {
    switch self {
    case .safetensors: "a safetensors file"
    case .npz: "an archive of arrays"
    case .pickle: "a pickle of PyTorch"
    case .hdf5: "an HDF5 file"
    case .kerasArchive: "a model of Keras"
    case .unknown: "a file of another kind"
    }
  }
}
