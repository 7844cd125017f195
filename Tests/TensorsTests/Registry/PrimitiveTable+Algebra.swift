@testable import Reservoirs
@testable import Tensors

extension PrimitiveTable {
  static let algebra: [PrimitiveRow] = [
    PrimitiveRow(
      DotGeneral.self, .fixtures(["dotGeneral"]),
      samples: [
        Sample(
          DotGeneral(batch: ([], []), contracted: ([1], [0])), [numbers(2, 3), numbers(3, 2, from: 0.2)],
          gives: [f64(2, 2)]),
        // Two batch axes out of order, two contracted axes crossed, free axes on both sides.
        Sample(
          DotGeneral(batch: ([3], [0]), contracted: ([0, 2], [3, 1])),
          [numbers(2, 3, 2, 2), numbers(2, 2, 2, 2, from: 0.1)], gives: [f64(2, 3, 2)]),
        Sample(
          DotGeneral(batch: ([0, 2], [1, 0]), contracted: ([], [])), [numbers(2, 2, 3), numbers(3, 2)],
          gives: [f64(2, 3, 2)]),
      ],
      refusals: [
        Refusal(DotGeneral(batch: ([], []), contracted: ([1], [0])), [f64(2, 3), f64(2, 3)], "must agree"),
        Refusal(DotGeneral(batch: ([], []), contracted: ([2], [0])), [f64(2, 3), f64(2, 3)], "distinct axes"),
        Refusal(DotGeneral(batch: ([0], []), contracted: ([], [])), [f64(2), f64(2)], "pair up"),
        Refusal(DotGeneral(batch: ([], []), contracted: ([0], [0])), [f64(2), i32(2)], "cast one of them"),
      ]),
    PrimitiveRow(
      Cholesky.self, .fixtures(["cholesky"]),
      samples: [Sample([positiveDefinite], gives: [f64(2, 3, 3)]) { [$0[0].cholesky()] }],
      refusals: [Refusal(Cholesky(), [f64(2, 3)], "square"), Refusal(Cholesky(), [i32(2, 2)], "floating-point")]),
    PrimitiveRow(
      TriangularSolve.self, .fixtures(["triangularSolve"]),
      samples: [
        Sample(TriangularSolve(), [square, numbers(3, 2)], gives: [f64(3, 2)]),
        Sample(
          TriangularSolve(isLeft: false, isLower: false, isTransposed: true, hasUnitDiagonal: true),
          [square, numbers(2, 3)], gives: [f64(2, 3)]),
        Sample(TriangularSolve(isTransposed: true), [positiveDefinite, numbers(2, 3, 1)], gives: [f64(2, 3, 1)]),
        Sample(TriangularSolve(isLeft: false, isLower: false), [square, numbers(1, 3)], gives: [f64(1, 3)]),
      ],
      refusals: [
        Refusal(TriangularSolve(), [f64(3, 3), f64(2, 3)], "right side"),
        Refusal(TriangularSolve(isLeft: false), [f64(3, 3), f64(3, 2)], "left side"),
        Refusal(TriangularSolve(), [f64(3), f64(3)], "square"),
      ]),
    PrimitiveRow(
      PositiveSolve.self, .stated,
      samples: [
        Sample(
          PositiveSolve(), [positiveDefinite, numbers(2, 3, 2)], gives: [f64(2, 3, 2)],
          values: [
            [
              -0.7610529540481401, 0.9468026258205688, 1.5412735229759302, -1.1197986870897154, 0.21063282275711165,
              2.3289041575492337,
              -0.7175725593667546, 1.3453562005277049, 4.479437115215479, 0.1306420404573436, 2.0531398416886546,
              -0.36905013192612146,
            ]
          ])
      ],
      refusals: [
        Refusal(PositiveSolve(), [f64(2, 3), f64(2, 3)], "square"),
        Refusal(PositiveSolve(), [f64(3, 3), f64(2, 3)], "right side"),
      ]),
    PrimitiveRow(
      RidgeSolve.self, .stated,
      samples: [
        Sample(
          RidgeSolve(), [numbers(2, 5, 5), numbers(2, 3, 1).squared() + 0.5], gives: [f64(2, 3, 2)],
          values: [
            [
              1.0517146455707707, -0.07820441196480209, 0.1315277776323991, 0.291637597035896, 0.1091735388043086,
              0.13687920085672647,
              0.32082591051619846, -0.2054114321945302, 0.2749863998118512, -0.06155312048861278, -0.07570617586170457,
              0.40481336125373957,
            ]
          ]),
        // As many penalties as columns: no targets.
        Sample(
          RidgeSolve(), [numbers(4, 2), numbers(2, 1).squared() + 0.5], gives: [f64(2, 0)], values: [[]]),
      ],
      refusals: [
        Refusal(RidgeSolve(), [f64(4, 3), f64(4, 1)], "each column"),
        Refusal(RidgeSolve(), [f64(4, 3), f64(2)], "each column"),
        Refusal(RidgeSolve(), [i32(4, 3), i32(2, 1)], "floating-point"),
      ]),
    PrimitiveRow(
      LinearSolve.self, .fixtures(["linearSolve"]),
      samples: [Sample(LinearSolve(), [square, numbers(3, 2)], gives: [f64(3, 2)])],
      refusals: [Refusal(LinearSolve(), [f64(3, 3), f64(2, 3)], "right side")]),
    PrimitiveRow(
      EigenDecomposition.self, .fixtures(["eigh"]),
      samples: [Sample(EigenDecomposition(), [positiveDefinite], gives: [f64(2, 3), f64(2, 3, 3)])],
      refusals: [
        Refusal(EigenDecomposition(), [f64(2, 3)], "square"),
        Refusal(EigenDecomposition(), [i32(2, 2)], "floating-point"),
      ]),
    PrimitiveRow(
      Eigenvalues.self, .fixtures(["eigvals"]), gradient: .firstOnly("has no gradient"),
      samples: [
        // One real eigenvalue and a pair, then three real ones.
        Sample(
          Eigenvalues(), [Tensor.stack([square, positiveDefinite[0].tril() + positiveDefinite[1].triu(diagonal: 1)])],
          gives: [f64(2, 3), f64(2, 3)])
      ],
      refusals: [Refusal(Eigenvalues(), [f64(2, 3)], "square"), Refusal(Eigenvalues(), [f64(3)], "square")]),
    PrimitiveRow(
      SingularValues.self, .fixtures(["svd"]),
      samples: [
        Sample(SingularValues(), [square], gives: [f64(3, 3), f64(3), f64(3, 3)]),
        Sample(SingularValues(), [numbers(4, 2)], gives: [f64(4, 2), f64(2), f64(2, 2)]),
        Sample(SingularValues(), [numbers(2, 2, 3)], gives: [f64(2, 2, 2), f64(2, 2), f64(2, 2, 3)]),
      ],
      refusals: [
        Refusal(SingularValues(), [f64(3)], "matrices"), Refusal(SingularValues(), [i32(2, 2)], "floating-point"),
      ]
    ),
    PrimitiveRow(
      QRDecomposition.self, .fixtures(["qr", "lstsq"]),
      samples: [
        Sample(QRDecomposition(), [square], gives: [f64(3, 3), f64(3, 3)]),
        Sample(QRDecomposition(), [numbers(2, 4, 2)], gives: [f64(2, 4, 2), f64(2, 2, 2)]),
        Sample(QRDecomposition(), [numbers(2, 4)], gives: [f64(2, 2), f64(2, 4)]),
      ],
      refusals: [
        Refusal(QRDecomposition(), [f64(3)], "matrices"), Refusal(QRDecomposition(), [i32(2, 2)], "floating-point"),
      ]),
    PrimitiveRow(
      LUDecomposition.self, .fixtures(["lu"]),
      samples: [
        Sample(LUDecomposition(), [square], gives: [f64(3, 3), i32(3)]),
        Sample(LUDecomposition(), [positiveDefinite], gives: [f64(2, 3, 3), i32(2, 3)]),
      ],
      refusals: [
        Refusal(LUDecomposition(), [f64(2, 3)], "square"), Refusal(LUDecomposition(), [i32(2, 2)], "floating-point"),
      ]
    ),
  ]

  private static let square = Tensor([0.1, 2, -0.7, 3, 1.5, 0.2, -0.4, 0.6, 2.5], shape: [3, 3])

  /// The upper triangles hold numbers that must not be read.
  private static let positiveDefinite = Tensor(
    [4, 9, 9, 1.2, 3, 9, -0.5, 0.7, 2.5, 2, 9, 9, 0.3, 1.5, 9, 0.1, -0.6, 3], shape: [2, 3, 3])

  static let random: [PrimitiveRow] = [
    PrimitiveRow(
      RandomBits.self, .fixtures(["rngBits"]),
      samples: [
        Sample(
          RandomBits(type: TensorType(.uint32, [3])), [Tensor([7, 1] as [UInt64])],
          gives: [TensorType(.uint32, [3])])
      ],
      refusals: [
        Refusal(RandomBits(type: i32(3)), [TensorType(.uint64, [2])], "uint32 or uint64"),
        Refusal(RandomBits(type: TensorType(.uint32, [-3])), [TensorType(.uint64, [2])], "negative"),
        Refusal(RandomBits(type: TensorType(.uint32, [3])), [TensorType(.uint64, [3])], "uint64[2]"),
      ]),
    PrimitiveRow(
      FoldedKey.self, .fixtures(["foldedKey"]),
      samples: [
        Sample(
          FoldedKey(), [Tensor([7, 1] as [UInt64]), Tensor([3 as UInt64], shape: [])],
          gives: [TensorType(.uint64, [2])])
      ],
      refusals: [
        Refusal(FoldedKey(), [TensorType(.uint64, [3]), TensorType(.uint64, [])], "uint64[2]"),
        Refusal(FoldedKey(), [TensorType(.uint64, [2]), TensorType(.uint64, [2])], "must be uint64[]"),
      ]),
  ]
}
