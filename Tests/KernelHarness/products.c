#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

// Calls of the kernels for convolutions and products.

typedef struct {
  int type;
  int64_t rank, input[MOST_AXES], kernel[MOST_AXES], output[MOST_AXES];
} Convolution;

static void add_attributes(Call *call, int64_t space, const int64_t all[4][3], int64_t groups, int64_t winograd) {
  add_integers(call, "strides", space, all[0]);
  add_integers(call, "low", space, all[1]);
  add_integers(call, "high", space, all[2]);
  add_integers(call, "dilation", space, all[3]);
  add_integer(call, "groups", groups);
  add_integer(call, "winograd", winograd);
}

// One that is large enough for Winograd's filtering.
static Convolution make_filter(Random *random, Call *call) {
  int64_t batch = random_between(random, 1, 3), side = random_between(random, 24, 34), channels = random_chance(random, 70) ? 64 : 80;
  int64_t low = random_between(random, 0, 2), high = random_between(random, 0, 2);
  Convolution all = {
    .type = XLA_FFI_DataType_F32, .rank = 4, .input = {batch, side, side, channels}, .kernel = {3, 3, channels, 64},
    .output = {batch, side + low + high - 2, side + low + high - 2, 64}};
  add_attributes(call, 2, (const int64_t[4][3]){{1, 1}, {low, low}, {high, high}, {1, 1}}, 1, 1);
  return all;
}

static Convolution make_convolution(Random *random, Call *call) {
  if (random_chance(random, 8)) return make_filter(random, call);
  int64_t space = random_between(random, 1, 3), groups = random_chance(random, 70) ? 1 : random_between(random, 1, 4);
  Convolution all = {
    .type = random_chance(random, 60) ? XLA_FFI_DataType_F32 : XLA_FFI_DataType_BF16, .rank = space + 2};
  int64_t attributes[4][3];
  all.input[0] = all.output[0] = random_between(random, random_chance(random, 5) ? 0 : 1, 9);
  for (int64_t axis = 0; axis < space; axis++) {
    int64_t stride = random_between(random, 1, 3), dilation = random_chance(random, 80) ? 1 : 2;
    int64_t kernel = random_between(random, 1, 4), window = (kernel - 1) * dilation + 1;
    int64_t low = random_between(random, 0, window - 1), high = random_between(random, 0, window - 1);
    int64_t least = window - low - high;
    int64_t input = random_between(random, least > 1 ? least : 1, (least > 1 ? least : 1) + 9);
    attributes[0][axis] = stride;
    attributes[1][axis] = low;
    attributes[2][axis] = high;
    attributes[3][axis] = dilation;
    all.input[axis + 1] = input;
    all.kernel[axis] = kernel;
    all.output[axis + 1] = (input + low + high - window) / stride + 1;
  }
  int64_t channels = random_between(random, random_chance(random, 5) ? 0 : 1, 20), features = groups * random_between(random, 1, 10);
  all.input[space + 1] = channels * groups;
  all.kernel[space] = channels;
  all.kernel[space + 1] = all.output[space + 1] = features;
  add_attributes(call, space, (const int64_t (*)[3])attributes, groups, random_between(random, 0, 1));
  return all;
}

static void make_forward(Random *random, Call *call) {
  Convolution all = make_convolution(random, call);
  add_argument(call, all.type, all.rank, all.input);
  add_argument(call, all.type, all.rank, all.kernel);
  add_result(call, all.type, all.rank, all.output);
}

static void make_input_gradient(Random *random, Call *call) {
  Convolution all = make_convolution(random, call);
  add_argument(call, all.type, all.rank, all.output);
  add_argument(call, all.type, all.rank, all.kernel);
  add_result(call, all.type, all.rank, all.input);
}

static void make_kernel_gradient(Random *random, Call *call) {
  Convolution all = make_convolution(random, call);
  add_argument(call, all.type, all.rank, all.input);
  add_argument(call, all.type, all.rank, all.output);
  add_result(call, all.type, all.rank, all.kernel);
}

// Which array of a convolution is its result.
typedef enum { INPUT, KERNEL, OUTPUT } Place;

// The products that plain loops are worth their time for.
enum { MOST_PRODUCTS = 2000000 };

// Sums of products, and of their magnitudes.
typedef struct {
  double *sums, *magnitudes;
  int64_t count;
} Sums;

static Sums begin_sums(int64_t count) {
  Sums sums = {calloc((size_t)count + 1, sizeof(double)), calloc((size_t)count + 1, sizeof(double)), count};
  if (sums.sums == NULL || sums.magnitudes == NULL) abort();
  return sums;
}

static void add_product(Sums *sums, int64_t index, double product) {
  sums->sums[index] += product;
  sums->magnitudes[index] += fabs(product);
}

static bool end_sums(Sums *sums, int dtype, const void *result) {
  double share = dtype == XLA_FFI_DataType_F32 ? 1e-4 : 0x1p-7;
  bool is_right = true;
  for (int64_t i = 0; i < sums->count && is_right; i++) {
    double found = element(dtype, result, i);
    is_right = fabs(found - sums->sums[i]) <= share * sums->magnitudes[i];
    if (!is_right) fprintf(stderr, "element %ld is %g, and should be %g\n", (long)i, found, sums->sums[i]);
  }
  free(sums->sums);
  free(sums->magnitudes);
  return is_right;
}

// The spatial extents with ones before them, so that there are three.
static void find_space(const int64_t *dims, int64_t space, int64_t first, int64_t found[3]) {
  for (int axis = 0; axis < 3; axis++) found[axis] = axis < 3 - space ? first : dims[axis - (3 - space)];
}

static bool convolves(const Call *call, void *const *data, Place result, const Array *const arrays[3]) {
  int64_t space = arrays[INPUT]->rank - 2, groups = call->attributes[4].integers[0];
  int64_t input[3], kernel[3], output[3], strides[3], low[3], dilation[3], all = 1;
  find_space(arrays[INPUT]->dims + 1, space, 1, input);
  find_space(arrays[KERNEL]->dims, space, 1, kernel);
  find_space(arrays[OUTPUT]->dims + 1, space, 1, output);
  find_space(call->attributes[0].integers, space, 1, strides);
  find_space(call->attributes[1].integers, space, 0, low);
  find_space(call->attributes[3].integers, space, 1, dilation);
  int64_t batch = arrays[INPUT]->dims[0], channels = arrays[KERNEL]->dims[space], features = arrays[KERNEL]->dims[space + 1];
  for (int axis = 0; axis < 3; axis++) all *= kernel[axis] * output[axis];
  if (all * batch * channels * features > MOST_PRODUCTS) return true;
  int64_t count = 1;
  for (int64_t axis = 0; axis < space + 2; axis++) count *= arrays[result]->dims[axis];
  Sums sums = begin_sums(count);
  int dtype = arrays[INPUT]->dtype;
  for (int64_t place = 0; place < all; place++) {
    int64_t rest = place, tap = 0, from = 0, to = 0;
    bool is_inside = true;
    for (int axis = 0; axis < 3; axis++) {
      int64_t k = rest % kernel[axis], o = rest / kernel[axis] % output[axis], i = o * strides[axis] - low[axis] + k * dilation[axis];
      rest /= kernel[axis] * output[axis];
      is_inside = is_inside && i >= 0 && i < input[axis];
      tap = tap * kernel[axis] + k;
      from = from * input[axis] + i;
      to = to * output[axis] + o;
    }
    for (int64_t index = 0; is_inside && index < batch * channels * features; index++) {
      int64_t image = index / (channels * features), channel = index / features % channels, feature = index % features;
      int64_t group = feature / (features / groups);
      int64_t places[3] = {
        (image * input[0] * input[1] * input[2] + from) * channels * groups + group * channels + channel,
        (tap * channels + channel) * features + feature,
        (image * output[0] * output[1] * output[2] + to) * features + feature};
      double product = 1;
      for (int i = 0; i < 3; i++) product *= i == (int)result ? 1 : element(dtype, data[i], places[i]);
      add_product(&sums, places[result], product);
    }
  }
  return end_sums(&sums, dtype, data[result]);
}

static bool forward_is_right(const Call *call, void *const *arguments, void *const *results) {
  return convolves(
    call, (void *[]){arguments[0], arguments[1], results[0]}, OUTPUT,
    (const Array *const[]){&call->arguments[0], &call->arguments[1], &call->results[0]});
}

static bool input_gradient_is_right(const Call *call, void *const *arguments, void *const *results) {
  return convolves(
    call, (void *[]){results[0], arguments[1], arguments[0]}, INPUT,
    (const Array *const[]){&call->results[0], &call->arguments[1], &call->arguments[0]});
}

static bool kernel_gradient_is_right(const Call *call, void *const *arguments, void *const *results) {
  return convolves(
    call, (void *[]){arguments[0], results[0], arguments[1]}, KERNEL,
    (const Array *const[]){&call->arguments[0], &call->results[0], &call->arguments[1]});
}

static bool dot_is_right(const Call *call, void *const *arguments, void *const *results) {
  const int64_t *product = call->results[0].dims, *left = call->arguments[0].dims;
  int64_t rank = call->results[0].rank, batch = 1, rows = product[rank - 2], columns = product[rank - 1];
  bool is_left = call->attributes[0].integers[0] != 0, is_right = call->attributes[1].integers[0] != 0;
  int64_t inner = left[is_left ? rank - 2 : rank - 1];
  for (int64_t axis = 0; axis < rank - 2; axis++) batch *= product[axis];
  Sums sums = begin_sums(batch * rows * columns);
  int dtype = call->results[0].dtype;
  bool is_added = call->argument_count > 2;
  double number = is_added ? element(dtype, arguments[3], 0) : 1;
  for (int64_t index = 0; index < sums.count; index++) {
    int64_t matrix = index / (rows * columns), row = index / columns % rows, column = index % columns;
    for (int64_t k = 0; k < inner; k++) {
      int64_t a = matrix * rows * inner + (is_left ? k * rows + row : row * inner + k);
      int64_t b = matrix * inner * columns + (is_right ? column * inner + k : k * columns + column);
      add_product(&sums, index, number * element(dtype, arguments[0], a) * element(dtype, arguments[1], b));
    }
    if (is_added) add_product(&sums, index, element(dtype, arguments[2], index));
  }
  return end_sums(&sums, dtype, results[0]);
}

static void make_product_of(Random *random, Call *call, int type) {
  int64_t rank = random_between(random, 2, 4), left[MOST_AXES], right[MOST_AXES], product[MOST_AXES];
  for (int64_t axis = 0; axis < rank - 2; axis++) left[axis] = right[axis] = product[axis] = random_between(random, 1, 3);
  // Now and then so many that threads share them.
  int64_t least = random_chance(random, 10) ? 0 : 1, most = random_chance(random, 5) ? 300 : 50;
  int64_t rows = random_between(random, least, most), columns = random_between(random, least, most);
  int64_t inner = random_between(random, least, least == 0 ? 4 : most);
  int64_t is_left = random_between(random, 0, 1), is_right = random_between(random, 0, 1);
  left[rank - 2] = is_left ? inner : rows;
  left[rank - 1] = is_left ? rows : inner;
  right[rank - 2] = is_right ? columns : inner;
  right[rank - 1] = is_right ? inner : columns;
  product[rank - 2] = rows;
  product[rank - 1] = columns;
  add_argument(call, type, rank, left);
  add_argument(call, type, rank, right);
  add_result(call, type, rank, product);
  add_integer(call, "transposed_left", is_left);
  add_integer(call, "transposed_right", is_right);
}

static void make_single_product(Random *random, Call *call) {
  make_product_of(random, call, XLA_FFI_DataType_F32);
  if (random_chance(random, 50)) return;
  add_argument(call, XLA_FFI_DataType_F32, call->results[0].rank, call->results[0].dims);
  add_argument(call, XLA_FFI_DataType_F32, 0, DIMS(1));
}

static void make_dot(Random *random, Call *call) {
  if (random_chance(random, 50)) {
    make_single_product(random, call);
  } else {
    make_product_of(random, call, XLA_FFI_DataType_BF16);
  }
}

const Maker product_makers[] = {
  {"tanren.convolution_input_gradient.", make_input_gradient, input_gradient_is_right},
  {"tanren.convolution_kernel_gradient.", make_kernel_gradient, kernel_gradient_is_right},
  {"tanren.convolution.", make_forward, forward_is_right},
  {"tanren.dot.", make_dot, dot_is_right},
  {"tanren.product.", make_single_product, dot_is_right},
  {NULL, NULL, NULL},
};
