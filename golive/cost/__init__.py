"""What a stack would cost a month, as far as public prices say."""
