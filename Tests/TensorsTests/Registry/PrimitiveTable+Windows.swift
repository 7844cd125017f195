@testable import Tensors

extension PrimitiveTable {
  static let windows: [PrimitiveRow] = [
    PrimitiveRow(
      Convolution.self, .fixtures(["convolution"]),
      samples: [
        // Everything uneven: strides that leave a rest, dilations, groups, an edge that crops.
        Sample(
          uneven, [numbers(1, 5, 4, 4), numbers(2, 3, 2, 2, from: 0.3)], gives: [f64(1, 3, 6, 2)]),
        Sample(
          convolution([1, 1], [1, 1], [1, 1]), [numbers(2, 3, 3, 1), numbers(3, 3, 1, 2)], gives: [f64(2, 3, 3, 2)]),
        Sample(convolution([2], [0], [0]), [numbers(1, 5, 2), numbers(3, 2, 1)], gives: [f64(1, 2, 1)]),
        Sample(convolution([], [], []), [numbers(2, 3), numbers(3, 2)], gives: [f64(2, 2)]),
      ],
      refusals: [
        Refusal(convolution([1], [0], [0]), [f64(1, 3, 2), f64(4, 2, 1)], "spans 4 doesn't fit an input that spans 3"),
        Refusal(convolution([1], [0], [0]), [f64(1, 3, 2), f64(1, 3, 1)], "2 channels, the kernel takes 3"),
        Refusal(convolution([1], [0], [0], groups: 0), [f64(1, 3, 2), f64(1, 2, 1)], "0 groups"),
        Refusal(convolution([0], [0], [0]), [f64(1, 3, 2), f64(1, 2, 1)], "1 or more"),
        Refusal(convolution([1], [.max], [.max]), [f64(1, 3, 2), f64(1, 2, 1)], "below 2^30"),
        Refusal(convolution([1, 1], [0, 0], [0, 0]), [f64(1, 3, 2), f64(1, 2, 1)], "2 spatial axes"),
        Refusal(convolution([1], [0], [0]), [i32(1, 3, 2), i32(1, 2, 1)], "floating-point"),
      ]),
    PrimitiveRow(
      ConvolutionInputGradient.self, .fixtures(["convolutionInputGradient"]),
      samples: [
        Sample(
          ConvolutionInputGradient(convolution: uneven, space: [5, 4]),
          [numbers(1, 3, 6, 2), numbers(2, 3, 2, 2, from: 0.3)], gives: [f64(1, 5, 4, 4)]),
        Sample(
          ConvolutionInputGradient(convolution: convolution([2], [0], [0]), space: [6]),
          [numbers(1, 2, 1), numbers(3, 2, 1)], gives: [f64(1, 6, 2)]),
      ],
      refusals: [
        Refusal(
          ConvolutionInputGradient(convolution: convolution([1], [0], [0]), space: [4]), [f64(1, 3, 1), f64(3, 2, 1)],
          "the convolution gives [1, 2, 1]"),
        Refusal(
          ConvolutionInputGradient(convolution: convolution([1], [0], [0], groups: 0), space: [4]),
          [f64(1, 3, 1), f64(3, 2, 1)], "number of groups"),
      ]),
    PrimitiveRow(
      ConvolutionKernelGradient.self, .fixtures(["convolutionKernelGradient"]),
      samples: [
        Sample(
          ConvolutionKernelGradient(convolution: uneven, window: [2, 3]),
          [numbers(1, 5, 4, 4), numbers(1, 3, 6, 2, from: 0.3)], gives: [f64(2, 3, 2, 2)]),
        Sample(
          ConvolutionKernelGradient(convolution: convolution([2], [0], [0]), window: [3]),
          [numbers(1, 6, 2), numbers(1, 2, 1)], gives: [f64(3, 2, 1)]),
      ],
      refusals: [
        Refusal(
          ConvolutionKernelGradient(convolution: convolution([1], [0], [0]), window: [3]),
          [f64(1, 4, 2), f64(1, 3, 1)],
          "the convolution gives [1, 2, 1]"),
        Refusal(
          ConvolutionKernelGradient(convolution: convolution([1], [0], [0], groups: 0), window: [3]),
          [f64(1, 4, 2), f64(1, 2, 1)], "number of groups"),
      ]),
    PrimitiveRow(
      WindowMaximum.self, .fixtures(["reduceWindowMax"]),
      samples: [
        // Side by side with a rest, overlapping with edges, and one window over all.
        Sample(WindowMaximum(geometry: window([1, 2, 2], [1, 2, 2])), [numbers(2, 5, 4)], gives: [f64(2, 2, 2)]),
        Sample(
          WindowMaximum(geometry: window([3, 2], [2, 1], low: [1, 0], high: [0, 1])), [numbers(4, 3)],
          gives: [f64(2, 3)]),
        Sample(WindowMaximum(geometry: window([3], [.max])), [numbers(4)], gives: [f64(1)]),
      ],
      refusals: windowRefusals { WindowMaximum(geometry: $0) }),
    PrimitiveRow(
      WindowMaximumGradient.self, .stated,
      samples: [
        // Windows side by side with a rest, and windows that overlap.
        Sample(
          [Tensor([1.0, 3, 2, 2.5, 7, 5, 4, 6, 8], shape: [9]), Tensor([0.5, -1, 2, 3])],
          gives: [f64(9)], values: [[0, 0.5, 0, -1, 2, 0, 0, 3, 0]]
        ) { inputs in
          let x = inputs[0]
          let result = Tensor(WindowMaximum(geometry: window([2], [2])), [x])
          return Tensor.apply(WindowMaximumGradient(geometry: window([2], [2])), to: [x, result, inputs[1]])
        },
        Sample(
          [Tensor([1.0, 3, 2, 7, 5], shape: [5]), Tensor([0.5, -1, 2])], gives: [f64(5)],
          values: [[0, 0.5, 0, 1, 0]]
        ) { inputs in
          let result = Tensor(WindowMaximum(geometry: window([3], [1])), [inputs[0]])
          return Tensor.apply(WindowMaximumGradient(geometry: window([3], [1])), to: [inputs[0], result, inputs[1]])
        },
      ],
      refusals: [
        Refusal(WindowMaximumGradient(geometry: window([2], [2])), [f64(4), f64(2), f64(3)], "must be float64[2]")
      ]),
    PrimitiveRow(
      WindowSum.self, .fixtures(["reduceWindowSum"]),
      samples: [
        Sample(
          WindowSum(geometry: window([3, 2], [2, 3], low: [2, 0], high: [1, 1])), [numbers(4, 4)], gives: [f64(3, 2)]),
        Sample(WindowSum(geometry: window([2], [.max])), [numbers(4)], gives: [f64(1)]),
        // Side by side, with a rest.
        Sample(WindowSum(geometry: window([1, 3, 2], [1, 3, 2])), [numbers(2, 7, 5)], gives: [f64(2, 2, 2)]),
        Sample(WindowSum(geometry: window([5, 5], [5, 5])), [numbers(11, 6)], gives: [f64(2, 1)]),
      ],
      refusals: windowRefusals { WindowSum(geometry: $0) }),
  ]

  private static let uneven = convolution([2, 1], [1, -1], [1, 2], input: [1, 2], kernel: [2, 1], groups: 2)

  private static func convolution(
    _ strides: [Int], _ low: [Int], _ high: [Int], input: [Int]? = nil, kernel: [Int]? = nil, groups: Int = 1
  ) -> Convolution {
    Convolution(
      strides: strides, low: low, high: high, inputDilation: input ?? strides.map { _ in 1 },
      kernelDilation: kernel ?? strides.map { _ in 1 }, groups: groups)
  }

  private static func window(
    _ window: [Int], _ strides: [Int], low: [Int]? = nil, high: [Int]? = nil
  ) -> WindowGeometry {
    WindowGeometry(
      window: window, strides: strides, low: low ?? window.map { _ in 0 }, high: high ?? window.map { _ in 0 })
  }

  private static func windowRefusals<Kind: WindowReduction>(_ kind: (WindowGeometry) -> Kind) -> [Refusal] {
    [
      Refusal(kind(window([4], [1])), [f64(3)], "doesn't fit an extent of 3"),
      Refusal(kind(window([2], [0])), [f64(3)], "strides of 0"),
      Refusal(kind(window([.min], [1], high: [.max])), [f64(3)], "doesn't fit"),
      Refusal(kind(window([2], [1], low: [2])), [f64(3)], "edges of 2"),
      Refusal(kind(window([2, 1], [1, 1])), [f64(3)], "the tensor has 1"),
      Refusal(kind(window([2], [1])), [bool(3)], "numeric"),
    ]
  }
}
