#include <stdlib.h>

#include "element.h"
#include "handlers.h"

// A matrix product [..., rows, inner] x [..., inner, columns] in float32, or an array of its shape plus the product times
// a number, if these are further arguments; the result may lie where that array does. Attributes: transposed_left and
// transposed_right, whether the array's last two axes are exchanged. All leading axes are batch axes.
//
// The product is made of tiles, whose sums stay in registers. Both matrices are read where they are, since packing what
// is used a few times costs more than it saves. Only a right matrix that a tile can't read as vectors is copied first,
// because its axes are exchanged or it is narrower than a panel. A tile is summed up by one thread in one order, so that
// results don't depend on how many threads there are.

// What has so many products of elements is divided among threads.
static const int64_t WORTH_THREADS = 1 << 18;
// Terms summed up by themselves: long sums lose less that way.
enum { STRETCH = 256 };

// A few rows of a panel of columns.
typedef struct {
  // What the product times `factor` is added to, or NULL.
  const float *left, *right, *addend;
  float *product, factor;
  // Steps in memory from row to row and from term to term.
  int64_t left_row, left_step, right_step, product_row;
  int64_t depth;
  // Columns of the product; vectors may begin `skipped` columns before them, so that they end where the matrix does.
  int64_t width, skipped;
} Tile;

#if defined(__x86_64__)
#define FORM avx512
#define TARGET TANREN_FOR_AVX512
#define LANES 16
#define ROWS 12
#include "product_tiles.h"
#define FORM avx2
#define TARGET TANREN_FOR_AVX2
#define LANES 8
#define ROWS 6
#include "product_tiles.h"
#endif
#define FORM baseline
#define TARGET
#define LANES 4
#define ROWS 6
#include "product_tiles.h"

// How tiles are computed.
typedef struct {
  int64_t rows, lanes;
  void (*multiply)(Tile tile, int64_t height);
} Form;

static Form form(void) {
  switch (tanren_instruction_set()) {
#if defined(__x86_64__)
    case TANREN_AVX512: return (Form){12, 16, multiply_avx512};
    case TANREN_AVX2: return (Form){6, 8, multiply_avx2};
#endif
    default: return (Form){6, 4, multiply_baseline};
  }
}

typedef struct {
  Form form;
  int64_t batch, rows, inner, columns;
  bool is_transposed[2];
  const float *left, *right, *addend;
  float *product, factor;
  int64_t panels, tiles, jobs;
  // The right matrix in panels of two vectors, [batch, panels, inner, 2 * lanes], with zeros after the last column; NULL
  // if it is read where it is.
  float *copies;
} Product;

typedef float Eight __attribute__((vector_size(8 * sizeof(float)), aligned(sizeof(float))));

// Eight rows of eight elements become the columns of `to`.
static void transpose_eight(const float *from, int64_t row, float *to, int64_t to_row) {
  Eight a[8], b[8];
  for (int i = 0; i < 8; i++) a[i] = *(const Eight *)(from + i * row);
  for (int i = 0; i < 8; i += 2) {
    b[i] = __builtin_shufflevector(a[i], a[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    b[i + 1] = __builtin_shufflevector(a[i], a[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (int i = 0; i < 8; i += i % 2 == 0 ? 1 : 3) {
    a[i] = __builtin_shufflevector(b[i], b[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
    a[i + 2] = __builtin_shufflevector(b[i], b[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
  }
  for (int i = 0; i < 4; i++) {
    b[i] = __builtin_shufflevector(a[i], a[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    b[i + 4] = __builtin_shufflevector(a[i], a[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
  for (int i = 0; i < 8; i++) *(Eight *)(to + i * to_row) = b[i];
}

static void copy_panel(void *context, int64_t index) {
  const Product *product = context;
  int64_t inner = product->inner, columns = product->columns, width = 2 * product->form.lanes;
  int64_t matrix = index / product->panels, first = index % product->panels * width;
  int64_t count = tanren_least(width, columns - first);
  int64_t row = product->is_transposed[1] ? 1 : columns, column = product->is_transposed[1] ? inner : 1;
  const float *right = product->right + matrix * inner * columns + first * column;
  float *copy = product->copies + index * inner * width;
  int64_t rows_at_once = product->is_transposed[1] ? inner / 8 * 8 : 0;
  int64_t columns_at_once = count / 8 * 8;
  for (int64_t k = 0; k < rows_at_once; k += 8) {
    for (int64_t j = 0; j < columns_at_once; j += 8) {
      transpose_eight(right + j * inner + k, inner, copy + k * width + j, width);
    }
  }
  for (int64_t k = 0; k < inner; k++, copy += width) {
    for (int64_t j = k < rows_at_once ? columns_at_once : 0; j < count; j++) copy[j] = right[k * row + j * column];
    memset(copy + count, 0, (size_t)(width - count) * sizeof *copy);
  }
}

static void multiply(const Product *product, int64_t matrix, int64_t panel, int64_t index) {
  int64_t rows = product->rows, inner = product->inner, columns = product->columns, lanes = product->form.lanes;
  int64_t row = index * product->form.rows, column = panel * 2 * lanes;
  bool is_turned = product->is_transposed[0];
  Tile tile = {
    .left = product->left + matrix * rows * inner + row * (is_turned ? 1 : inner),
    .factor = product->factor,
    .left_row = is_turned ? 1 : inner,
    .left_step = is_turned ? rows : 1,
    .product = product->product + (matrix * rows + row) * columns + column,
    .product_row = columns,
    .depth = inner,
    .width = tanren_least(2 * lanes, columns - column)};
  if (product->addend != NULL) tile.addend = product->addend + (tile.product - product->product);
  if (product->copies != NULL) {
    tile.right = product->copies + (matrix * product->panels + panel) * inner * 2 * lanes;
    tile.right_step = 2 * lanes;
  } else {
    tile.skipped = (tile.width > lanes ? 2 * lanes : lanes) - tile.width;
    tile.right = product->right + matrix * inner * columns + column - tile.skipped;
    tile.right_step = columns;
  }
  product->form.multiply(tile, tanren_least(product->form.rows, rows - row));
}

// Tiles side by side of the shorter extent, which stays in the caches, then the next of the longer.
static void multiply_some(void *context, int64_t job) {
  const Product *product = context;
  int64_t each = product->panels * product->tiles, all = product->batch * each;
  bool is_high = product->rows > product->columns;
  int64_t end = all * (job + 1) / product->jobs;
  for (int64_t i = all * job / product->jobs; i < end; i++) {
    int64_t matrix = i / each, place = i % each;
    if (is_high) {
      multiply(product, matrix, place % product->panels, place / product->panels);
    } else {
      multiply(product, matrix, place / product->tiles, place % product->tiles);
    }
  }
}

// The arrays' extents and types fit; `product` gets them.
static bool read(XLA_FFI_CallFrame *frame, Product *product) {
  const XLA_FFI_Buffer *arrays[3] = {tanren_argument(frame, 0), tanren_argument(frame, 1), tanren_result(frame, 0)};
  int64_t rank = arrays[0]->rank, flags[2];
  if (rank < 2 || !tanren_integer(frame, "transposed_left", &flags[0]) ||
      !tanren_integer(frame, "transposed_right", &flags[1])) {
    return false;
  }
  for (int i = 0; i < 3; i++) {
    if (arrays[i]->rank != rank || arrays[i]->dtype != XLA_FFI_DataType_F32) return false;
  }
  const XLA_FFI_Buffer *addend = tanren_argument(frame, 2), *factor = tanren_argument(frame, 3);
  product->factor = 1;
  if (addend != NULL) {
    if (factor->rank != 0 || factor->dtype != XLA_FFI_DataType_F32 || !tanren_has_type_of(addend, arrays[2])) return false;
    product->addend = addend->data;
    product->factor = *(const float *)factor->data;
  }
  product->batch = 1;
  for (int64_t axis = 0; axis < rank - 2; axis++) {
    int64_t extent = arrays[2]->dims[axis];
    if (arrays[0]->dims[axis] != extent || arrays[1]->dims[axis] != extent) return false;
    product->batch *= extent;
  }
  for (int i = 0; i < 2; i++) product->is_transposed[i] = flags[i] != 0;
  const int64_t *left = arrays[0]->dims + rank - 2, *right = arrays[1]->dims + rank - 2;
  const int64_t *result = arrays[2]->dims + rank - 2;
  product->rows = result[0];
  product->columns = result[1];
  product->inner = left[!product->is_transposed[0]];
  product->left = arrays[0]->data;
  product->right = arrays[1]->data;
  product->product = arrays[2]->data;
  return left[product->is_transposed[0]] == result[0] && right[!product->is_transposed[1]] == result[1] &&
    right[product->is_transposed[1]] == product->inner;
}

XLA_FFI_Error *tanren_product(XLA_FFI_CallFrame *frame) {
  if (tanren_is_preparation(frame)) return NULL;
  Product product = {.form = form()};
  if ((!tanren_has(frame, 2, 1) && !tanren_has(frame, 4, 1)) || !read(frame, &product)) {
    return tanren_error(
      frame, XLA_FFI_Error_Code_INVALID_ARGUMENT, "a matrix product: the arrays' types or extents don't fit");
  }
  int64_t elements = tanren_element_count(tanren_result(frame, 0));
  if (elements == 0) return NULL;
  if (product.inner == 0) {
    for (int64_t i = 0; i < elements; i++) product.product[i] = product.addend == NULL ? 0 : product.addend[i];
    return NULL;
  }
  int64_t width = 2 * product.form.lanes, copies = 0;
  product.panels = (product.columns + width - 1) / width;
  product.tiles = (product.rows + product.form.rows - 1) / product.form.rows;
  if (product.is_transposed[1] || product.columns < width) {
    copies = product.batch * product.panels;
    void *memory = NULL;
    size_t size = (size_t)(copies * product.inner * width) * sizeof(float);
    if (posix_memalign(&memory, 64, size) == 0) product.copies = memory;
    if (product.copies == NULL) {
      return tanren_error(frame, XLA_FFI_Error_Code_RESOURCE_EXHAUSTED, "a matrix product: there isn't enough memory");
    }
  }
  bool is_divided = elements * product.inner >= WORTH_THREADS;
  int64_t tiles = product.batch * product.panels * product.tiles;
  product.jobs = is_divided ? tanren_least(tiles, 16 * tanren_thread_count(frame)) : 1;
  TanrenPhase phases[] = {{copies, copy_panel, &product}, {product.jobs, multiply_some, &product}};
  tanren_parallel_phases(is_divided ? frame : NULL, 2, phases);
  free(product.copies);
  return NULL;
}
