"""The label as a picture: three designs, in Chinese, English and both, in colour and in one ink; drawn by Typst and checked."""
