import Formats

/// What kind of file weights are in, by its contents. Safetensors and NPZ files can be read.
public enum WeightFileFormat: Sendable, Hashable {
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
  public var name: String {
    switch self {
    case .safetensors: "a safetensors file"
    case .npz: "an archive of arrays"
    case .pickle: "a pickle of PyTorch"
    case .hdf5: "an HDF5 file"
    case .kerasArchive: "a model of Keras"
    case .unknown: "a file of another kind"
    }
  }

  /// How to make a file of it that can be read.
  var remedy: String {
    switch self {
    case .safetensors, .npz: ""
    case .pickle:
      """
      Unpickling runs code, so convert it where you trust it: python3 -c "import torch, safetensors.torch as s; \
      s.save_file({k: v.contiguous() for k, v in torch.load('weights.pth', map_location='cpu').items()}, \
      'weights.safetensors')"
      """
    case .hdf5, .kerasArchive:
      """
      Convert it where you have Keras: python3 -c "import keras, numpy; m = keras.saving.load_model('model.keras'); \
      numpy.savez('weights.npz', **{w.path: w.numpy() for w in m.weights})"
      """
    case .unknown: "Weights are read from safetensors and NPZ files."
    }
  }
}
