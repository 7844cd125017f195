@testable import Tensors

/// How each fixture's operation is written with Tanren: by its primitive, or by the operation composed of several.
enum FixtureTable {
  typealias Application = @Sendable ([Tensor], Fixture) -> [Tensor]

  static let applications: [String: Application] = {
    var table = structured
    for (name, primitive) in plain { table[name] = { inputs, _ in Tensor.apply(primitive, to: inputs) } }
    return table
  }()

  /// Primitives without attributes.
  private static let plain: [String: any Primitive] = [
    "negate": Negate(), "abs": AbsoluteValue(), "sign": Sign(), "exp": Exponential(), "expm1": ExponentialMinusOne(),
    "log": Logarithm(), "log1p": LogarithmOnePlus(), "sqrt": SquareRoot(), "rsqrt": ReciprocalSquareRoot(),
    "cbrt": CubeRoot(), "tanh": HyperbolicTangent(), "logistic": Logistic(), "sin": Sine(), "cos": Cosine(),
    "floor": Floor(), "ceil": Ceiling(), "roundNearestEven": RoundToEven(), "erf": ErrorFunction(),
    "isFinite": IsFinite(), "not": Not(), "add": Add(), "subtract": Subtract(), "multiply": Multiply(),
    "divide": Divide(), "maximum": Maximum(), "minimum": Minimum(), "atan2": ArcTangent(), "power": Power(),
    "remainder": Remainder(), "and": And(), "or": Or(), "xor": ExclusiveOr(), "shiftLeft": ShiftLeft(),
    "shiftRightLogical": ShiftRightLogical(), "select": Select(), "dynamicUpdateSlice": DynamicUpdateSlice(),
    "erfInverse": InverseErrorFunction(), "linearSolve": LinearSolve(),
  ]

  private static let structured: [String: Application] = [
    "compare": { inputs, fixture in
      let direction = Compare.Direction(rawValue: fixture.text("direction")) ?? .equal
      return Tensor.apply(Compare(direction: direction), to: inputs)
    },
    "clamp": { inputs, _ in [inputs[1].maximum(inputs[0]).minimum(inputs[2])] },
    "convert": { inputs, fixture in Tensor.apply(Convert(dtype: fixture.dtype("dtype")), to: inputs) },
    "broadcast": { inputs, fixture in
      Tensor.apply(Broadcast(shape: Shape(fixture.ints("shape")), axes: fixture.ints("dims")), to: inputs)
    },
    "reshape": { inputs, fixture in Tensor.apply(Reshape(shape: Shape(fixture.ints("shape"))), to: inputs) },
    "transpose": { inputs, fixture in
      Tensor.apply(Transpose(permutation: fixture.ints("permutation")), to: inputs)
    },
    "slice": { inputs, fixture in
      let slice = Slice(
        start: fixture.ints("start"), limit: fixture.ints("limit"), strides: fixture.ints("strides"))
      return Tensor.apply(slice, to: inputs)
    },
    "pad": { inputs, fixture in
      let pad = Pad(low: fixture.ints("low"), high: fixture.ints("high"), interior: fixture.ints("interior"))
      return Tensor.apply(pad, to: inputs)
    },
    "concatenate": { inputs, fixture in Tensor.apply(Concatenate(axis: fixture.int("axis")), to: inputs) },
    "reverse": { inputs, fixture in Tensor.apply(Reverse(axes: fixture.ints("axes")), to: inputs) },
    "iota": { inputs, fixture in
      let type = TensorType(fixture.dtype("dtype"), Shape(fixture.ints("shape")))
      return Tensor.apply(Iota(type: type, axis: fixture.int("axis")), to: inputs)
    },
    "dynamicSlice": { inputs, fixture in Tensor.apply(DynamicSlice(sizes: fixture.ints("sizes")), to: inputs) },
    "take": { inputs, fixture in [inputs[0].take(inputs[1], axis: fixture.int("axis"))] },
    "scatterAdd": { inputs, _ in Tensor.apply(ScatterAdd(geometry: Gather(axis: 0)), to: inputs) },
    "sum": { inputs, fixture in Tensor.apply(Sum(axes: fixture.ints("axes")), to: inputs) },
    "product": { inputs, fixture in Tensor.apply(Product(axes: fixture.ints("axes")), to: inputs) },
    "max": { inputs, fixture in Tensor.apply(MaximumReduction(axes: fixture.ints("axes")), to: inputs) },
    "min": { inputs, fixture in Tensor.apply(MinimumReduction(axes: fixture.ints("axes")), to: inputs) },
    "argMax": { inputs, fixture in [inputs[0].argMax(axis: fixture.int("axis"))] },
    "any": { inputs, fixture in [inputs[0].any(fixture.ints("axes"))] },
    "all": { inputs, fixture in [inputs[0].all(fixture.ints("axes"))] },
    "dotGeneral": { inputs, fixture in
      let dot = DotGeneral(
        batch: (fixture.ints("lhsBatch"), fixture.ints("rhsBatch")),
        contracted: (fixture.ints("lhsContract"), fixture.ints("rhsContract")))
      return Tensor.apply(dot, to: inputs)
    },
    "cumulativeSum": { inputs, fixture in
      let sum = CumulativeSum(axis: fixture.int("axis"), isReversed: fixture.flag("reverse"))
      return Tensor.apply(sum, to: inputs)
    },
    "sort": { inputs, fixture in
      [inputs[0].sort(axis: fixture.int("axis"), descending: fixture.flag("descending"))]
    },
    "argsort": { inputs, fixture in
      [inputs[0].argSort(axis: fixture.int("axis"), descending: fixture.flag("descending"))]
    },
    "cholesky": { inputs, _ in [inputs[0].cholesky()] },
    // The fixtures have vectors' magnitudes, since their signs are anybody's.
    "eigh": { inputs, _ in
      let found = inputs[0].eigh()
      return [found.values, found.vectors.abs()]
    },
    "eigvals": { inputs, _ in
      let found = inputs[0].eigvals()
      return [found.real.sort(), found.imaginary.sort()]
    },
    "svd": { inputs, _ in
      let found = inputs[0].svd()
      return [found.u.abs(), found.values, found.vt.abs()]
    },
    "qr": { inputs, _ in
      let found = inputs[0].qr()
      return [found.q.abs(), found.r.abs()]
    },
    "lu": { inputs, _ in
      let found = inputs[0].lu()
      return [found.order, found.lower, found.upper]
    },
    "lstsq": { inputs, _ in [inputs[0].lstsq(inputs[1])] },
    "triangularSolve": { inputs, fixture in
      let solve = TriangularSolve(
        isLeft: fixture.flag("leftSide"), isLower: fixture.flag("lower"), isTransposed: fixture.flag("transposeA"),
        hasUnitDiagonal: fixture.flag("unitDiagonal"))
      return Tensor.apply(solve, to: inputs)
    },
    "convolution": { inputs, fixture in Tensor.apply(Convolution(fixture), to: inputs) },
    "convolutionInputGradient": { inputs, fixture in
      let gradient = ConvolutionInputGradient(convolution: Convolution(fixture), space: fixture.ints("space"))
      return Tensor.apply(gradient, to: inputs)
    },
    "convolutionKernelGradient": { inputs, fixture in
      let gradient = ConvolutionKernelGradient(convolution: Convolution(fixture), window: fixture.ints("window"))
      return Tensor.apply(gradient, to: inputs)
    },
    "batchNormalization": { inputs, fixture in
      let activation = fixture.flag("relu") ? FusedActivation.relu : .none
      return Tensor.apply(BatchNormalization(epsilon: 1e-3, activation: activation), to: inputs)
    },
    "batchNormalizationGradient": { inputs, fixture in
      let activation = fixture.flag("relu") ? FusedActivation.relu : .none
      return Tensor.apply(BatchNormalizationGradient(epsilon: 1e-3, activation: activation), to: inputs)
    },
    "crossEntropy": { inputs, _ in Tensor.apply(CrossEntropy(), to: inputs) },
    "crossEntropyGradient": { inputs, _ in Tensor.apply(CrossEntropyGradient(), to: inputs) },
    "softmax": { inputs, _ in Tensor.apply(Softmax(), to: inputs) },
    "softmaxGradient": { inputs, _ in Tensor.apply(SoftmaxGradient(), to: inputs) },
    "layerNormalization": { inputs, _ in Tensor.apply(LayerNormalization(epsilon: 1e-3), to: inputs) },
    "layerNormalizationGradient": { inputs, _ in
      Tensor.apply(LayerNormalizationGradient(epsilon: 1e-3), to: inputs)
    },
    "reduceWindowMax": { inputs, fixture in
      Tensor.apply(WindowMaximum(geometry: WindowGeometry(fixture)), to: inputs)
    },
    "reduceWindowSum": { inputs, fixture in
      Tensor.apply(WindowSum(geometry: WindowGeometry(fixture)), to: inputs)
    },
    "rngBits": { inputs, fixture in
      let type = TensorType(fixture.dtype("dtype"), Shape(fixture.ints("shape")))
      return Tensor.apply(RandomBits(type: type), to: inputs)
    },
    "foldedKey": { inputs, _ in Tensor.apply(FoldedKey(), to: inputs) },
  ]
}

extension Convolution {
  init(_ fixture: Fixture) {
    self.init(
      strides: fixture.ints("strides"), low: fixture.pairs("padding").map(\.low),
      high: fixture.pairs("padding").map(\.high), inputDilation: fixture.ints("lhsDilation"),
      kernelDilation: fixture.ints("rhsDilation"), groups: fixture.int("groups"))
  }
}

extension WindowGeometry {
  fileprivate init(_ fixture: Fixture) {
    self.init(
      window: fixture.ints("window"), strides: fixture.ints("strides"), low: fixture.pairs("padding").map(\.low),
      high: fixture.pairs("padding").map(\.high))
  }
}
