"""What a stack file may change about the rules: levels, waivers and change windows."""
